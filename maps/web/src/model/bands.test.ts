import { expect, test } from "vitest";
import { bandOf, bandText, judge, ordinaryParts, partsBandOf, problems } from "./bands";
import { drawnIndex, FOUR_CELLS, square } from "./drawn";
import type { District } from "./types";

const BAND = [1000, 1500] as const;
const DISTRICT = { rules: { bands: { residents: [1000, 1500] }, parts_per_parent: [5, 7] } } as unknown as District;

test.each([
  [1532, "above", 32],
  [1500, "within", 0],
  [1000, "within", 0],
  [999.5, "below", 0.5],
  [null, "unknown", 0],
] as const)("%s residents in a band of 1,000 to 1,500 stand %s by %s", (value, standing, off) => {
  expect(judge(value, BAND)).toEqual({ standing, off, low: 1000, high: 1500 });
});

test("an exclusive cell stands outside the bands", () => {
  expect(judge(12, BAND, true).standing).toBe("exempt");
});

test("a band reads with thousands separated", () => {
  expect(bandText(BAND, "en")).toBe("1,000-1,500");
});

test("bands are rules for cells, and only for measures that have one", () => {
  expect(bandOf(DISTRICT, { level: "cell" }, "residents")).toEqual([1000, 1500]);
  expect(bandOf(DISTRICT, { level: "cell" }, "households")).toBeNull();
  expect(bandOf(DISTRICT, { level: "community" }, "residents")).toBeNull();
});

test("the count of cells is a rule for communities of plans with cells", () => {
  expect(partsBandOf(DISTRICT, { level: "community" }, { levels: ["community", "cell"] })).toEqual([5, 7]);
  expect(partsBandOf(DISTRICT, { level: "community" }, { levels: ["street", "community"] })).toBeNull();
  expect(partsBandOf(DISTRICT, { level: "street" }, { levels: ["street", "cell"] })).toBeNull();
});

test.each(["exclusive", "unassigned"])("%s cells do not count for the rule of cells a community", (type) => {
  const index = drawnIndex([...FOUR_CELLS, { id: 113, level: "cell", parent: 11, type, rings: square(0, 200, 9, 9) }]);
  expect(ordinaryParts(index.childrenOf.get("11") ?? [])).toBe(2);
});

test("problems come furthest out of their band first, above or below alike", () => {
  const finding = (value: number | null): { rule: string; value: number | null; low: number; high: number } => ({
    rule: "residents",
    value,
    low: 1000,
    high: 1500,
  });
  const index = drawnIndex([
    { id: 1, level: "cell", parent: null, rings: square(0, 0, 1, 1), findings: [finding(1510)] },
    { id: 2, level: "cell", parent: null, rings: square(1, 0, 1, 1) },
    { id: 3, level: "cell", parent: null, rings: square(2, 0, 1, 1), findings: [finding(200)] },
    { id: 4, level: "cell", parent: null, rings: square(3, 0, 1, 1), findings: [finding(2000)] },
    { id: 5, level: "cell", parent: null, rings: square(4, 0, 1, 1), findings: [finding(null)] },
  ]);
  expect(problems(index.byId.values()).map((unit) => unit.id)).toEqual(["3", "4", "1", "5"]);
});
