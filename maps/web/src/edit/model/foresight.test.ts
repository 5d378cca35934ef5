import { describe, expect, it } from "vitest";
import { checkered, diceOf } from "./drawn_plan";
import { foresee, mostChanged, type Foreseen } from "./foresight";
import type { Operation } from "./types";

/** Four by four blocks, numbered from the south-west; cells of two by two, named by column and row. */
const model = checkered(4, 4, diceOf(5));

function shown(operation: Operation): Foreseen {
  const found = foresee(model, operation);
  if ("key" in found) throw new Error(found.key);
  return found;
}

const told = (operation: Operation, most = 4): string[] => mostChanged(shown(operation), most).map(({ id }) => id);

describe("the units told beside what draws", () => {
  it("begin with the one that is painted, then go by the residents they lose", () => {
    const { residents } = model.blocks.counts;
    const [east, north] = [3, 9].map((block) => residents[block - 1] as number) as [number, number];
    const losing = east > north ? ["cell 1 0", "cell 0 1"] : ["cell 0 1", "cell 1 0"];
    expect(told({ operation: "assign", arguments: { unit: "cell 0 0", blocks: [9, 3] } })).toEqual(["cell 0 0", ...losing]);
    expect(told({ operation: "assign", arguments: { unit: "cell 0 0", blocks: [9, 3] } }, 2)).toEqual(["cell 0 0", losing[0]]);
  });

  it("are of the level in work only", () => {
    expect(told({ operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } })).toEqual(["cell 0 0", "cell 1 0"]);
  });

  it("leave out whose people stay, unless nobody's go", () => {
    const painted = shown({ operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } });
    const still = painted.units.map((unit) => ({ ...unit, after: unit.id === "cell 1 0" ? unit.before : unit.after }));
    expect(mostChanged({ ...painted, units: still }, 4).map(({ id }) => id)).toEqual(["cell 0 0"]);
    const all = painted.units.map((unit) => ({ ...unit, after: unit.before }));
    expect(mostChanged({ ...painted, units: all }, 4).map(({ id }) => id)).toEqual(["cell 0 0"]);
  });

  it("tell a unit that comes and one that goes", () => {
    expect(told({ operation: "create", arguments: { level: "cell", parent: "community 0 0", blocks: [1] } })).toEqual(["new:foreseen", "cell 0 0"]);
    expect(told({ operation: "merge", arguments: { units: ["cell 0 0", "cell 1 0"], into: "cell 1 0" } })).toEqual(["cell 1 0", "cell 0 0"]);
  });
});
