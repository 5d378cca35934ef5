import { expect, test } from "vitest";
import "./hold_both";
import { saidText, type Said } from "./said";

const unit: Said = { text: "", key: "unit", values: { level: "cell", name: "柳堤网格", code: "320812001001001" } };
const tally: Said = { text: "as sent", key: "check-tally", values: { unit, told: "7", measure: "residents", held: "1200" } };

test("a sentence of the server is said in the reader's language, with the words of the page", () => {
  expect(saidText("en", tally)).toBe('cell "柳堤网格" (320812001001001) says 7 residents, its blocks have 1200');
  expect(saidText("zh-CN", tally)).toBe("网格“柳堤网格”（320812001001001）的户籍人口记为 7，其基本单元合计为 1200");
});

test("numbers are grouped, lists are joined, states and steps are the page's words", () => {
  const rule: Said = { text: "", key: "ready-rule", values: { name: "柳堤", value: 1532, measure: "cells", low: 5, high: 7 } };
  expect(saidText("en", rule)).toBe('"柳堤" has 1,532 cells, outside 5 to 7.');
  const state: Said = { text: "", key: "plan-state", values: { plan: "甲", state: "draft", wanted_state: "submitted", step: "adopt" } };
  expect(saidText("zh-CN", state)).toBe("“甲”的状态是“草案”，只有“已报送”的方案才能批准。");
  const levels: Said = { text: "", key: "plan-branch-levels", values: { plan: "甲", levels: ["street", "community"] } };
  expect(saidText("zh-CN", levels)).toContain("街道、社区");
});

test("names have their other name in English", () => {
  expect(saidText("en", tally, (name) => (name === "柳堤网格" ? "Liudi Cell" : name))).toContain('"Liudi Cell"');
});

test("a sentence without a key, or with one the page does not know, stands as it was sent", () => {
  expect(saidText("zh-CN", { text: "as sent" })).toBe("as sent");
  expect(saidText("zh-CN", { text: "as sent", key: "not-there", values: {} })).toBe("as sent");
});
