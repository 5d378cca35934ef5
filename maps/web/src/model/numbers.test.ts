import { expect, test } from "vitest";
import { area, breakDecimals, count, day, decimal, percent } from "./numbers";

test("counts separate thousands and keep a fraction from an import", () => {
  expect(count(318000, "en")).toBe("318,000");
  expect(count(318000, "zh-CN")).toBe("318,000");
  expect(count(1302.6, "en")).toBe("1,302.6");
});

test("an unknown count is not zero", () => {
  expect([count(null, "en"), count(0, "en")]).toEqual(["–", "0"]);
  expect([decimal(null, 1, "en"), percent(null, "en"), area(null, "en"), day(null)]).toEqual(["–", "–", "–", "–"]);
});

test("areas change to hectares below a square kilometre", () => {
  expect(area(30_500_000, "en")).toBe("30.50 km²");
  expect(area(115_094, "en")).toBe("11.5 ha");
  expect(area(9_800, "en")).toBe("0.98 ha");
});

test.each([
  [[0, 1000, 20000], 0],
  [[0.1, 0.4, 0.8], 2],
  [[2.693, 2.834, 2.894, 2.935], 3],
  [[18.2, 20.1, 22.2], 1],
  [[0, 4.5, 9], 1],
  [[5, 5], 0],
  [[], 0],
])("breaks %j are told apart with %i decimals", (breaks, decimals) => {
  expect(breakDecimals(breaks)).toBe(decimals);
});

test("a share is a percentage", () => {
  expect(percent(0.806, "en")).toBe("81 %");
});
