import { describe, expect, it } from "vitest";
import { drawnFeature, square } from "../../model/drawn";
import type { UnitFeature } from "../../model/types";
import { blockFeature, checkered, diceOf } from "./drawn_plan";
import type { PlanModel } from "./plan_model";
import { told } from "./told";
import type { BlockFeature, Operation, Result } from "./types";

const EXTENT = [0, 0, 400, 400] as const;
const CUT: Operation = { operation: "cut", arguments: { line: [[50, 0], [50, 100]] } };
const RESHAPE: Operation = { operation: "reshape", arguments: { unit: "cell 0 0", line: [[150, 0], [150, 200]] } };

/** Four by four blocks of 100 m, numbered from the south-west; cells of two by two. */
function plan(): PlanModel {
  return checkered(4, 4, diceOf(5));
}

function result(given: Partial<Result>): Result {
  return { plan: 1, revision: 1, units: [], removed_units: [], assignment: [], blocks: [], removed_blocks: [], borders: [], broken: [], mended: [], ...given };
}

function piece(id: number, west: number, east: number, unit: string | number, south = 0): BlockFeature {
  const drawn = blockFeature({ id, box: [west, south, east, south + 100], residents: 10, floating: 1, households: 3 }, EXTENT);
  return { ...drawn, properties: { ...drawn.properties, unit } };
}

/** A cell as the platform tells it, by default as it is in the plan. */
function cell(model: PlanModel, id: string, given: Partial<UnitFeature["properties"]> = {}): UnitFeature {
  const { blocks, buildings, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share } = model.figures(id);
  const drawn = drawnFeature({ id: 0, level: "cell", parent: null, rings: square(0, 0, 200, 200) });
  const figures = { blocks, buildings, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share };
  return { ...drawn, id: id as never, properties: { ...drawn.properties, ...figures, ...given } };
}

describe("what the platform says an operation would do", () => {
  it("shows blocks that change their unit, by position, and no block that stays or rests", () => {
    const model = plan();
    model.blocks.replace([], [6], []);
    const shown = told(model, RESHAPE, result({ assignment: [[3, "cell 0 0"], [2, "cell 0 0"], [6, "cell 1 0"], [99, "cell 1 0"]] }));
    expect([...shown.blocks]).toEqual([[2, "cell 0 0"]]);
  });

  it("shows all pieces of a cut in the unit they stay in, and no neighbour that just got a node", () => {
    const shown = told(plan(), CUT, result({ removed_blocks: [1, 2], blocks: [piece(101, 0, 50, "cell 0 0"), piece(102, 50, 100, "cell 0 0"), piece(103, 100, 200, "cell 0 0")] }));
    expect(shown.pieces.map(({ rings, unit }) => [rings[0]?.[0], unit])).toEqual([[0, "cell 0 0"], [50, "cell 0 0"]]);
    expect(shown.blocks.size).toBe(0);
  });

  it("shows of a new border only the piece that changes sides, in the unit it comes to", () => {
    const made = [piece(101, 100, 150, "cell 0 0"), piece(102, 150, 200, "cell 0 0"), piece(103, 200, 300, "cell 1 0")];
    const shown = told(plan(), RESHAPE, result({ removed_blocks: [2, 3], blocks: made, assignment: [[102, "cell 1 0"]] }));
    expect(shown.pieces.map(({ rings, unit }) => [rings[0]?.[0], unit])).toEqual([[150, "cell 1 0"]]);
  });

  it("tells figures before and after of units whose figures change, and of no unit that just got a node", () => {
    const model = plan();
    const { residents, area_m2 } = model.figures("cell 0 0");
    const units = [
      cell(model, "cell 0 0", { residents: (residents ?? 0) + 7 }),
      cell(model, "cell 1 0", { area_m2: model.figures("cell 1 0").area_m2 + 0.06 }),
      cell(model, "cell 0 1", { area_m2: model.figures("cell 0 1").area_m2 - 2 }),
    ];
    const shown = told(model, RESHAPE, result({ units }));
    expect(shown.units.map(({ id, before, after }) => [id, before?.residents, after?.residents])).toEqual([
      ["cell 0 0", residents, (residents ?? 0) + 7],
      ["cell 0 1", model.figures("cell 0 1").residents, model.figures("cell 0 1").residents],
    ]);
    expect(shown.units[1]?.after?.area_m2).toBe(area_m2 - 2);
    expect(model.figures("cell 0 0").residents).toBe(residents);
  });

  it("keeps a count that is unknown apart from none", () => {
    const model = plan();
    const shown = told(model, RESHAPE, result({ units: [cell(model, "cell 0 0", { residents: null })] }));
    expect(shown.units[0]?.after?.residents).toBeNull();
  });

  it("has nothing before for a unit that comes and nothing after for one that goes", () => {
    const model = plan();
    const shown = told(model, RESHAPE, result({ units: [cell(model, "cell 0 0", { blocks: 3 }), { ...cell(model, "cell 1 1"), id: 900 }], removed_units: ["cell 1 0", 12345] }));
    expect(shown.units.map(({ id, before, after }) => [id, before === null, after === null])).toEqual([
      ["cell 0 0", false, false],
      ["900", true, false],
      ["cell 1 0", false, true],
    ]);
    expect(shown.units[2]?.mended).toEqual(model.findings("cell 1 0"));
  });

  it("gives each unit its own findings, where a band has no end that end without limit", () => {
    const model = plan();
    const units = [cell(model, "cell 0 0", { residents: 1 }), cell(model, "cell 1 0", { residents: 2000 })];
    const broken = [{ unit: "cell 0 0", rule: "residents", value: 1, low: 1000, high: null }];
    const mended = [{ unit: "cell 1 0", rule: "residents", value: null, low: null, high: 1500 }];
    const [first, second] = told(model, RESHAPE, result({ units, broken, mended })).units;
    expect([first?.broken, first?.mended]).toEqual([[{ rule: "residents", value: 1, low: 1000, high: Infinity }], []]);
    expect([second?.broken, second?.mended]).toEqual([[], [{ rule: "residents", value: 0, low: -Infinity, high: 1500 }]]);
  });
});
