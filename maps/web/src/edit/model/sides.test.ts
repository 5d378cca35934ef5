import { describe, expect, it } from "vitest";
import { blockFeature, checkered, diceOf } from "./drawn_plan";
import { Ledger, type Pending } from "./ledger";
import { boxOfSides, mySide, NO_SIDE, theirSide, type Side } from "./sides";
import type { BlockFeature, EditSummary, Operation, Result } from "./types";

const LINE = [[150, -20], [150, 220]] as const;

/** Four by four blocks of 100 m, numbered from the south-west; cells of two by two. */
function desk(): Ledger {
  let count = 0;
  return new Ledger(checkered(4, 4, diceOf(5)), 0, () => `r${(count += 1)}`);
}

function done(ledger: Ledger, operation: Operation): Pending {
  const made = ledger.submit(operation, "");
  if ("key" in made) throw new Error(made.key);
  return made;
}

function result(given: Partial<Result>): Result {
  return { plan: 1, revision: 1, units: [], removed_units: [], assignment: [], blocks: [], removed_blocks: [], borders: [], broken: [], mended: [], ...given };
}

function theirs(...lines: NonNullable<EditSummary["lines"]>): EditSummary {
  return { revision: 1, operation: "cut", label: null, actor: { id: "li", name: "李强", role: "planner" }, at: "2026-01-01T00:00:00Z", undoes: null, lines };
}

function piece(id: number, west: number, east: number, unit: string): BlockFeature {
  const drawn = blockFeature({ id, box: [west, 0, east, 100], residents: 10, floating: 1, households: 3 }, [0, 0, 400, 400]);
  return { ...drawn, properties: { ...drawn.properties, unit } };
}

/** South-western corners of areas, metres. */
const corners = ({ areas }: Side): (readonly [number, number])[] => areas.map(([ring]) => [ring?.[0] ?? NaN, ring?.[1] ?? NaN]);

describe("my side of a conflict", () => {
  it("is the line that was drawn, without the whole of the unit it is drawn in", () => {
    const ledger = desk();
    for (const operation of ["cut", "split", "reshape"] as const) {
      const given = operation === "cut" ? { line: LINE } : { unit: "cell 0 0", line: LINE };
      expect(mySide(ledger.model, done(ledger, { operation, arguments: given }))).toEqual({ areas: [], lines: [LINE] });
    }
  });

  it("is the blocks that were painted, also once others have cut them", () => {
    const ledger = desk();
    const side = mySide(ledger.model, done(ledger, { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } }));
    ledger.receive(result({ removed_blocks: [3], blocks: [piece(101, 200, 250, "cell 1 0"), piece(102, 250, 300, "cell 1 0")] }));
    expect(corners(side)).toEqual([[200, 0]]);
  });

  it("is what a merge moves, and all of a unit that only its attributes change", () => {
    const ledger = desk();
    const merge = done(ledger, { operation: "merge", arguments: { units: ["cell 0 0", "cell 1 0"], into: "cell 0 0" } });
    expect(corners(mySide(ledger.model, merge))).toEqual([[200, 0], [300, 0], [200, 100], [300, 100]]);
    const name = done(ledger, { operation: "update", arguments: { unit: "cell 1 1", name: "别名" } });
    expect(corners(mySide(ledger.model, name))).toEqual([[200, 200], [300, 200], [200, 300], [300, 300]]);
  });

  it("is every line and block of a group, each once", () => {
    const ledger = desk();
    const parts: Operation[] = [{ operation: "cut", arguments: { line: LINE } }, { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } }, { operation: "assign", arguments: { unit: "cell 1 0", blocks: [3] } }];
    const group: Pending = { operation: "group", arguments: { edits: parts }, request: "g", at: "", since: 0, sent: true, change: null, about: null };
    const side = mySide(ledger.model, group);
    expect([corners(side), side.lines]).toEqual([[[200, 0]], [LINE]]);
  });

  it("is where its edit was when it is an undo", () => {
    const ledger = desk();
    const cut = done(ledger, { operation: "cut", arguments: { line: LINE } });
    cut.sent = true;
    ledger.acknowledge(cut.request, result({}));
    expect(mySide(ledger.model, ledger.undo("") as Pending).lines).toEqual([LINE]);
  });
});

describe("their side of a conflict", () => {
  it("is the blocks they moved, seen without mine on top", () => {
    const ledger = desk();
    done(ledger, { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } });
    done(ledger, { operation: "assign", arguments: { unit: "cell 0 1", blocks: [6] } });
    const told = result({ assignment: [[3, "cell 0 0"], [6, "cell 0 0"], [7, "cell 1 1"]] });
    expect(corners(theirSide(ledger, [theirs()], told))).toEqual([[200, 0], [200, 100]]);
    expect([ledger.model.unitOf(5), ledger.model.unitOf(2)]).toEqual(["cell 0 1", "cell 0 0"]);
  });

  it("is the pieces they cut with their line, and no neighbour that just got a node", () => {
    const ledger = desk();
    const told = result({ removed_blocks: [2, 3], blocks: [piece(101, 100, 150, "cell 0 0"), piece(102, 150, 200, "cell 0 0"), piece(103, 200, 300, "cell 1 0")] });
    const side = theirSide(ledger, [theirs(LINE), theirs()], told);
    expect([corners(side), side.lines]).toEqual([[[100, 0], [150, 0]], [LINE]]);
  });

  it("is the piece that changes sides, where they drew a border anew", () => {
    const told = result({ removed_blocks: [2], blocks: [piece(101, 100, 200, "cell 1 0")] });
    expect(corners(theirSide(desk(), [theirs(LINE)], told))).toEqual([[100, 0]]);
  });
});

describe("both sides", () => {
  it("lie in one box with their lines, and nowhere when neither is on the map", () => {
    const ledger = desk();
    const mine = mySide(ledger.model, done(ledger, { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } }));
    expect(boxOfSides([mine, { areas: [], lines: [LINE] }])).toEqual([150, -20, 300, 220]);
    expect(boxOfSides([NO_SIDE, NO_SIDE])).toBeNull();
  });
});
