import { describe, expect, it } from "vitest";
import type { Plan } from "../model/types";
import { branchName, cellKey, csv, grid, grouped, inForceOn, moves, newerBase, type MatrixRow } from "./model";

function plan(id: number, given: Partial<Plan> = {}): Plan {
  return {
    id, name: `方案${id}`, name_en: null, state: "draft", levels: ["cell"], revision: 1, authority: null, number: null, adopted_on: null,
    in_force_from: null, in_force_to: null, count_date: null, in_force: false, unit_counts: {}, exclusive_cells: 0, ...given,
  };
}

const old = plan(1, { state: "superseded", in_force_from: "2009-01-01", in_force_to: "2010-07-01" });
const now = plan(2, { state: "adopted", in_force_from: "2010-07-01", in_force: true });

describe("plans in a list", () => {
  it("stand by state, the one in force first, the newest first within a state", () => {
    const drafts = [plan(3, { created_at: "2026-01-01" }), plan(4, { created_at: "2026-03-01" })];
    const found = grouped([old, ...drafts, now]);
    expect([...found].map(([group, plans]) => [group, plans.map((one) => one.id)])).toEqual([
      ["in_force", [2]],
      ["draft", [4, 3]],
      ["superseded", [1]],
    ]);
  });

  it("are found by a date: the day a plan ends belongs to the next", () => {
    expect(inForceOn([now, old], "2010-06-30")).toBe(old);
    expect(inForceOn([now, old], "2010-07-01")).toBe(now);
    expect(inForceOn([now, old], "2008-12-31")).toBeNull();
    expect(inForceOn([plan(5, { in_force_from: "2000-01-01" })], "2010-01-01")).toBeNull();
  });

  it("get a name for a branch that is free", () => {
    expect(branchName(now, [now], "修订")).toBe("方案2 修订");
    expect(branchName(now, [now, plan(5, { name: "方案2 修订" }), plan(6, { name: "方案2 修订 2" })], "修订")).toBe("方案2 修订 3");
  });

  it("know when their base is no longer in force", () => {
    expect(newerBase(plan(5, { base_id: 1 }), [now, old])).toBe(now);
    expect(newerBase(plan(5, { base_id: 2 }), [now, old])).toBeNull();
    expect(newerBase(old, [now, old])).toBeNull();
    expect(newerBase(plan(5, { base_id: null }), [now])).toBe(now);
    expect(newerBase(plan(5, { base_id: null }), [])).toBeNull();
  });
});

describe("what differs", () => {
  const rows: readonly MatrixRow[] = [
    [1, 1, 900, 300, 20, 5000, false],
    [1, 2, 100, 30, 3, 700, true],
    [2, 2, 1000, 320, 22, 6000, false],
    [3, 3, 1200, 400, 25, 9000, false],
    [2, 4, 400, 120, 9, 2000, true],
    [5, 4, null, null, 0, 12, true],
    [6, 16, 800, 250, 12, 4000, false],
  ];

  it("is listed with the most residents first", () => {
    expect(moves(rows).map(([from, to]) => cellKey(from, to))).toEqual(["2>4", "1>2", "5>4"]);
  });

  it("makes a matrix of the units that change, the largest first", () => {
    const found = grid(rows);
    expect(found.rows).toEqual([2, 1, 5]);
    expect(found.columns).toEqual([4, 2, 1]);
    expect(found.cells.get("1>1")?.[2]).toBe(900);
    expect(found.unchanged).toBe(2);
  });

  it("is empty where nothing changes", () => {
    expect(grid([[1, 1, 5, 2, 1, 10, false]])).toMatchObject({ rows: [], columns: [], unchanged: 1 });
  });
});

describe("CSV", () => {
  it("quotes what must be quoted and never makes a formula", () => {
    expect(csv([["a,b", 'say "x"', 1, null], ["=1+1", "和平", 2.5, -3]])).toBe(
      '\ufeff"a,b","say ""x""",1,\r\n\'=1+1,和平,2.5,-3\r\n',
    );
  });
});
