import { expect, test } from "vitest";
import { classOf, legendRows, ramp, suppressedSet } from "./classes";
import type { Figures } from "./types";

const FIGURES: Figures = {
  measure: "incidents_rate",
  kind: "rate",
  unit: "per_1000_residents",
  level: "cell",
  period: { from: "2010-01-01", to: "2010-06-30" },
  count_date: "2010-06-01",
  denominator: "residents",
  scheme: "quantiles",
  breaks: [0, 10, 20, 40],
  values: { a: 0, b: 10, c: 10.1, d: 40, e: null, f: 3 },
  suppressed: ["f"],
};

test.each([
  ["a", 0],
  ["b", 0],
  ["c", 1],
  ["d", 2],
  ["e", "none"],
  ["f", "suppressed"],
  ["unknown", "none"],
] as const)("unit %s is in class %s", (id, of) => {
  expect(classOf(FIGURES, id, suppressedSet(FIGURES))).toBe(of);
});

test("the legend counts the units of each class and names suppressed and missing ones apart", () => {
  const rows = legendRows(FIGURES, Object.keys(FIGURES.values), "en");
  expect(rows.map(({ of, units, label }) => [of, units, label])).toEqual([
    [0, 2, "0 – 10"],
    [1, 1, "10 – 20"],
    [2, 1, "20 – 40"],
    ["suppressed", 1, null],
    ["none", 1, null],
  ]);
});

test("a figure without values has no classes", () => {
  const rows = legendRows({ ...FIGURES, breaks: [], suppressed: [] }, ["a"], "en");
  expect(rows.map((row) => row.of)).toEqual(["none"]);
});

test.each([1, 2, 3, 4, 5, 6, 7])("a ramp of %s classes has as many distinct colours", (classes) => {
  expect(new Set(ramp(classes)).size).toBe(classes);
});
