import { expect, test } from "vitest";
import { columnsOf, draftOf, isFault, objective, onlyIn, requestOf, secondsLeft, withLevel, type Defaults, type Draft, type Proposal } from "./proposals";
import type { LevelName, Unit } from "./types";

const DEFAULTS: Defaults = {
  plan: 2,
  levels: {
    cell: {
      bands: { residents: [1000, 1500], households: [300, 500] },
      parts: null,
      parts_per_parent: [5, 7],
      goals: ["cut_edges", "border", "compactness", "balance"],
      name: "新方案",
    },
    community: { bands: {}, parts: 41, parts_per_parent: null, goals: ["border"], name: "新方案" },
  },
  goals: { border: 1, compactness: 1, balance: 0.5 },
};

function draft(change: Partial<Draft> = {}): Draft {
  return { ...draftOf(DEFAULTS, "cell"), ...change };
}

test("the form starts with the district's rules and asks for just them", () => {
  expect(requestOf(draft(), 2)).toEqual({
    plan: 2,
    level: "cell",
    bands: { residents: [1000, 1500], households: [300, 500] },
    parts: null,
    parts_per_parent: [5, 7],
    goals: { border: 1, compactness: 1, balance: 0.5 },
    barrier_costs: { arterial: 0, road: 0, river: 0, wall: 0.25 },
    time_limit_s: 10,
    steps: null,
    keep: [],
  });
});

test("what lies along borders has no cost where borders are no goal", () => {
  const request = requestOf(draft({ goals: { compactness: 1 } }), 2);
  expect(request).toMatchObject({ goals: { compactness: 1 }, barrier_costs: null });
});

test("the sum a search makes small counts residents moved as a share of all", () => {
  const one = { scores: { border: 0.2, moved: 500 } } as unknown as Proposal;
  expect(objective(one, { border: 2, moved: 1 }, 1000)).toBeCloseTo(0.9);
  expect(objective(one, { border: 2, walking: 1 }, 1000)).toBeNull();
});

test("goals without words on the page are not offered", () => {
  expect(Object.keys(draft().goals)).toEqual(["border", "compactness", "balance"]);
});

test.each<[Partial<Draft>, string, string]>([
  [{ bands: { residents: ["1500", "1000"] } }, "residents", "order"],
  [{ bands: { residents: ["many", "1000"] } }, "residents", "number"],
  [{ bands: { residents: ["1000", ""] } }, "residents", "number"],
  [{ bands: { residents: ["", ""] } }, "parts", "band"],
  [{ perParent: ["7", "5"] }, "perParent", "order"],
  [{ parts: "2.5" }, "parts", "number"],
  [{ seconds: "0" }, "seconds", "number"],
  [{ steps: "-1" }, "steps", "number"],
  [{ goals: { border: 0 } }, "goals", "goal"],
])("a draft with %j is not sent but its field is named", (change, field, why) => {
  expect(requestOf(draft(change), 2)).toEqual({ field, why });
});

test("bands may be left out where the number of units is given", () => {
  const request = requestOf(draftOf(DEFAULTS, "community"), 2);
  expect(isFault(request)).toBe(false);
  expect(request).toMatchObject({ bands: null, parts: 41, parts_per_parent: null });
});

function proposal(id: number, clear: number | null, out: number, residents: readonly [number, number], moved: number | null): Proposal {
  const figures = { units: 4, exclusive: 0, residents, out_of_band: out, moved, clear_border_share: clear, compactness: 0.5 };
  return { id, plan: 2, level: "cell", rank: id, scores: {}, figures, stale: false };
}

test("the best of each column is marked, in the column's own direction", () => {
  const columns = columnsOf([proposal(0, 0.8, 0, [1000, 1500], null), proposal(1, 0.9, 0, [1100, 1350], null)]);
  expect(columns.map(({ name, best }) => [name, [...best]])).toEqual([
    ["out_of_band", []],
    ["clear", [1]],
    ["compactness", []],
    ["spread", [1]],
  ]);
});

test("bars are shares of the whole where there is one, else of the longest", () => {
  const [out, clear, , spread] = columnsOf([proposal(0, 0.8, 0, [1000, 1500], null), proposal(1, null, 0, [1100, 1350], null)]);
  expect(out?.bars).toEqual([0, 0]);
  expect(clear?.bars).toEqual([0.8, 0]);
  expect(spread?.bars).toEqual([1, 0.5]);
});

test("the time left follows the pace since the first news", () => {
  expect(secondsLeft([1000, 0.2], [3000, 0.6])).toBeCloseTo(2);
  expect(secondsLeft([1000, 0.2], [3000, 0.2])).toBeNull();
});

function unit(id: string, level: LevelName, parent: string | null): Unit {
  return {
    id, level, parent, parent_id: parent, code: null, name: id, name_en: null, type: level, residents: 1, floating: 0,
    households: 1, buildings: 0, blocks: 1, area_m2: 1, perimeter_m: 4, compactness: 1, clear_border_share: null, colour: 0,
    children: 9, findings: [{ rule: "parts_per_parent", value: 9, low: 5, high: 7 }], polygons: [], bounds: [0, 0, 1, 1],
    labelPoint: [0, 0], labelRadius: 1,
  };
}

test("a proposal's units stand below the plan's, and what the plan said of its own is gone", () => {
  const [street, community, cell] = [unit("s", "street", null), unit("c", "community", "s"), unit("g", "cell", "c")];
  const plan = {
    byId: new Map([street, community, cell].map((one) => [one.id, one])),
    byLevel: new Map([["street", [street]], ["community", [community]], ["cell", [cell]]] as const),
    childrenOf: new Map([["s", [community]], ["c", [cell]]]),
  };
  const index = withLevel(plan, "cell", [unit("p0", "cell", "c"), unit("p1", "cell", "c")], ["street", "community"]);
  expect([...index.byId.keys()].sort()).toEqual(["c", "p0", "p1", "s"]);
  expect(index.childrenOf.get("c")?.map((one) => one.id)).toEqual(["p0", "p1"]);
  expect(index.childrenOf.get("s")?.map((one) => one.id)).toEqual(["c"]);
  expect(index.byId.get("c")).toMatchObject({ children: 2, findings: [] });
});

test("of another proposal's borders only the stretches that differ are drawn", () => {
  const shown = [[[0, 0], [1, 0], [2, 0]]] as const;
  const other = [[[2, 0], [1, 0], [1, 1], [1, 2], [2, 2]]] as const;
  expect(onlyIn(other, shown)).toEqual([[[1, 0], [1, 1], [1, 2], [2, 2]]]);
  expect(onlyIn(shown, shown)).toEqual([]);
});
