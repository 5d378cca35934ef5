import { expect, test } from "vitest";
import en from "./en.json";
import { known, labelLines, nameIn, preferredLanguage, shortName, translate } from "./translate";
import zh from "./zh-CN.json";

const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

test("both languages have the same keys", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
});

/** What only the command line takes, or only English says, is left out of these in Chinese. */
const SHORTER = new Set(
  ["argument", "crs-elsewhere", "http", "job-no-search", "plan-no-such", "plane-changed", "propose-nothing", "units-blank"].map(
    (key) => `said.${key}`,
  ),
);

test.each(Object.keys(en) as (keyof typeof en)[])("%s takes the same parameters in both languages", (key) => {
  const names = (text: string): Set<string> => new Set([...text.matchAll(/\{(\w+)[:}]/g)].map((match) => match[1] ?? ""));
  const chinese = names(zh[key]);
  const english = names(en[key]);
  expect(chinese).toEqual(SHORTER.has(key) ? new Set([...english].filter((name) => chinese.has(name))) : english);
  expect(zh[key].trim()).not.toBe("");
});

test("every message is used by the page", () => {
  const text = Object.entries(sources)
    .filter(([path]) => !path.endsWith(".test.ts"))
    .map(([, source]) => source)
    .join("\n");
  // `edit.tool.${name}.how` stands for every key of that form.
  const forms = [...text.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{[^}`]*\}([a-z_.]*)`/g)].map(([, before = "", after = ""]) => [before, after] as const);
  const unused = Object.keys(en).filter(
    (key) => !text.includes(`"${key}"`) && !forms.some(([before, after]) => key.startsWith(before) && key.endsWith(after) && !key.slice(before.length, key.length - after.length).includes(".")),
  );
  expect(unused).toEqual([]);
});

test("parameters are filled in, and a missing one is an error", () => {
  expect(translate("en", "verdict.above", { n: 32 })).toBe("32 above");
  expect(translate("zh-CN", "verdict.above", { n: 32 })).toBe("超 32");
  expect(() => translate("en", "verdict.above")).toThrow('needs the parameter "n"');
});

test("an English word is of one or of several; Chinese needs no such forms", () => {
  const told = (n: string | number): string => translate("en", "findings.units", { n });
  expect([told(0), told(1), told(2)]).toEqual(["0 units break a rule", "1 unit breaks a rule", "2 units break a rule"]);
  // Numbers come as they are written.
  expect(["1", "21", "1,001"].map(told)).toEqual(["1 unit breaks a rule", "21 units break a rule", "1,001 units break a rule"]);
  expect(translate("zh-CN", "findings.units", { n: 1 })).not.toMatch(/[{}|]/);
  expect(() => translate("en", "edit.compounds.buildings")).toThrow('needs the parameter "n"');
});

test("forms are written for one and for several, of a parameter that is there", () => {
  const odd = Object.entries(en).filter(([, text]) => /[{}|]/.test(text.replace(/\{\w+(:[^{}|]+\|[^{}|]+)?\}/g, "")));
  expect(odd).toEqual([]);
});

test("words of the server that the page does not know fall back", () => {
  expect(known("rule.residents", "rule.other")).toBe("rule.residents");
  expect(known("rule.walking", "rule.other")).toBe("rule.other");
});

test("the Chinese name stands in where there is no English one", () => {
  expect(nameIn("en", { name: "柳堤", name_en: null })).toBe("柳堤");
  expect(nameIn("en", { name: "柳堤", name_en: "Liudi" })).toBe("Liudi");
  expect(nameIn("zh-CN", { name: "柳堤", name_en: "Liudi" })).toBe("柳堤");
});

test("a cell's name on the map does without the word for cell", () => {
  expect(shortName({ name: "临河苑网格", level: "cell" }, "zh-CN")).toBe("临河苑");
  expect(shortName({ name: "网格", level: "cell" }, "zh-CN")).toBe("网格");
  expect(shortName({ name: "临河苑网格", name_en: "Linheyuan Cell", level: "cell" }, "en")).toBe("Linheyuan");
  expect(shortName({ name: "清江社区", name_en: "Qingjiang Community", level: "community" }, "zh-CN")).toBe("清江社区");
  expect(shortName({ name: "清江社区", name_en: "Qingjiang Community", level: "community" }, "en")).toBe("Qingjiang");
});

test.each([
  ["Tuwei West Yard", ["Tuwei", "West Yard"]],
  ["Hexiang Middle School", ["Hexiang", "Middle School"]],
  ["Lutan", ["Lutan"]],
  ["临河苑", ["临河苑"]],
])("the label of %s stands in the lines %j", (name, lines) => {
  expect(labelLines(name)).toEqual(lines);
});

test.each([
  [["en-GB", "zh"], "en"],
  [["zh-TW"], "zh-CN"],
  [["fr", "en"], "en"],
  [["fr"], "zh-CN"],
] as const)("a browser that prefers %j gets %s", (offered, language) => {
  expect(preferredLanguage(offered)).toBe(language);
});
