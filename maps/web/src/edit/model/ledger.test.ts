import { describe, expect, it } from "vitest";
import type { UnitFeature } from "../../model/types";
import { drawnFeature, square } from "../../model/drawn";
import { checkered, diceOf } from "./drawn_plan";
import { Ledger, type Pending } from "./ledger";
import type { PlanModel } from "./plan_model";
import { SLACK } from "./slack";
import type { EditSummary, Operation, Result } from "./types";

function desk(): { readonly model: PlanModel; readonly ledger: Ledger } {
  const model = checkered(8, 8, diceOf(3));
  let count = 0;
  return { model, ledger: new Ledger(model, 0, () => `r${(count += 1)}`) };
}

function give(ledger: Ledger, unit: string, ...blocks: number[]): Pending {
  const done = ledger.submit({ operation: "assign", arguments: { unit, blocks } }, "");
  if ("key" in done) throw new Error(done.key);
  return done;
}

function result(revision: number, assignment: Result["assignment"] = [], units: readonly UnitFeature[] = []): Result {
  return { plan: 1, revision, units, removed_units: [], assignment, blocks: [], removed_blocks: [], borders: [], broken: [], mended: [] };
}

const cells = (model: PlanModel): (string | null)[] => model.blocks.id.map((_, block) => model.unitOf(block));

describe("my edits and the server's", () => {
  it("are sent in order, one at a time", () => {
    const { ledger } = desk();
    const first = give(ledger, "cell 0 0", 3);
    const second = give(ledger, "cell 0 0", 17);
    expect(ledger.next()).toBe(first);
    first.sent = true;
    expect(ledger.next()).toBeNull();
    ledger.acknowledge(first.request, result(1, [[3, "cell 0 0"]]));
    expect(ledger.revision).toBe(1);
    expect(ledger.next()).toBe(second);
  });

  it("lie on top of what others did meanwhile", () => {
    const { model, ledger } = desk();
    give(ledger, "cell 0 0", 3);
    ledger.receive(result(1, [[7, "cell 2 0"]]));
    expect([model.unitOf(2), model.unitOf(6)]).toEqual(["cell 0 0", "cell 2 0"]);
    ledger.undo("");
    expect([model.unitOf(2), model.unitOf(6)]).toEqual(["cell 1 0", "cell 2 0"]);
  });

  it("are dropped and told when others left no room for them", () => {
    const { model, ledger } = desk();
    give(ledger, "cell 0 0", 3);
    const others: (readonly [number, string])[] = [[1, "cell 1 0"], [2, "cell 1 0"], [9, "cell 1 0"], [10, "cell 0 1"]];
    const dropped = ledger.receive({ ...result(1, others), removed_units: ["cell 0 0"] });
    expect(dropped.map(({ refusal }) => refusal.key)).toEqual(["unknown-unit"]);
    expect([ledger.pending, ledger.undoable]).toEqual([[], []]);
    expect(model.unitOf(2)).toBe("cell 1 0");
  });

  it("are kept when they are found done: the answer may have been lost", () => {
    const { model, ledger } = desk();
    const mine = give(ledger, "cell 0 0", 3);
    expect(ledger.receive(result(1, [[3, "cell 0 0"]]))).toEqual([]);
    expect(ledger.next()).toBe(mine);
    ledger.acknowledge(mine.request, result(1, [[3, "cell 0 0"]]));
    expect([ledger.pending, model.unitOf(2)]).toEqual([[], "cell 0 0"]);
  });

  it("say on which revision they were made, whatever was taken in since", () => {
    const { ledger } = desk();
    const [first, second] = [give(ledger, "cell 0 0", 3), give(ledger, "cell 0 0", 17)];
    ledger.receive(result(1, [[7, "cell 2 0"]]));
    const third = give(ledger, "cell 0 0", 18);
    expect([first.since, second.since, third.since]).toEqual([0, 0, 1]);
    ledger.acknowledge(first.request, { ...result(2, [[3, "cell 0 0"]]), rebased_over: [{} as EditSummary] });
    expect([second, third].map((one) => [one.since, ledger.followedBy(one)])).toEqual([[0, ["r1"]], [1, ["r1"]]]);
  });

  it("know all up to an edit of mine that met nobody", () => {
    const { ledger } = desk();
    const [first, second] = [give(ledger, "cell 0 0", 3), give(ledger, "cell 0 0", 17)];
    ledger.acknowledge(first.request, result(1, [[3, "cell 0 0"]]));
    expect([second.since, ledger.followedBy(second)]).toEqual([1, []]);
  });

  it("keep what they were made on when the page is left", () => {
    const { ledger } = desk();
    ledger.receive(result(9));
    ledger.restore([
      { request: "a", at: "", since: 4, follows: ["z"], operation: { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } } },
      { request: "b", at: "", operation: { operation: "assign", arguments: { unit: "cell 0 0", blocks: [17] } } },
    ]);
    expect(ledger.pending.map((one) => one.since)).toEqual([4, 9]);
    expect(ledger.followedBy(ledger.pending[0] as Pending)).toEqual(["z"]);
  });

  it("are rolled back when the server refuses, with what rested on them", () => {
    const { model, ledger } = desk();
    const before = cells(model);
    const made = ledger.submit({ operation: "create", arguments: { level: "cell", parent: "community 0 0", blocks: [1] } }, "") as Pending;
    const id = made.change?.units[0]?.[0] as string;
    give(ledger, id, 2);
    const dropped = ledger.refuse(made.request);
    expect(dropped.map(({ refusal }) => refusal.key)).toEqual(["unknown-unit"]);
    expect(cells(model)).toEqual(before);
  });

  it("name a new unit by the id the server gave it, also in edits that wait", () => {
    const { model, ledger } = desk();
    const made = ledger.submit({ operation: "create", arguments: { level: "cell", parent: "community 0 0", blocks: [1] } }, "") as Pending;
    const waiting = give(ledger, made.change?.units[0]?.[0] as string, 2);
    made.sent = true;
    const told = drawnFeature({ id: 900, level: "cell", parent: null, rings: square(0, 0, 100, 100) });
    const feature = { ...told, properties: { ...told.properties, parent_id: "community 0 0" } };
    const { ids } = ledger.acknowledge(made.request, result(1, [[1, 900]], [feature]));
    expect([...ids.values()]).toEqual(["900"]);
    expect(waiting.arguments.unit).toBe("900");
    expect([model.unitOf(0), model.unitOf(1)]).toEqual(["900", "900"]);
  });

  it("are undone without the server while they wait, and by an edit of their own once stored", () => {
    const { model, ledger } = desk();
    const before = cells(model);
    give(ledger, "cell 0 0", 3);
    ledger.undo("");
    expect([ledger.pending, cells(model)]).toEqual([[], before]);
    const again = ledger.redo("") as Pending;
    again.sent = true;
    ledger.acknowledge(again.request, { ...result(7, [[3, "cell 0 0"]]), edit: summary(7, "assign") });
    const undo = ledger.undo("") as Pending;
    expect([undo.operation, ledger.argumentsOf(undo), cells(model)]).toEqual(["undo", { revision: 7 }, before]);
    undo.sent = true;
    ledger.acknowledge(undo.request, { ...result(8, [[3, "cell 1 0"]]), edit: summary(8, "undo") });
    const redo = ledger.redo("") as Pending;
    expect([redo.operation, ledger.argumentsOf(redo), model.unitOf(2)]).toEqual(["redo", { revision: 8 }, "cell 0 0"]);
  });

  it("end where they began after undoing any number of them, each in under 50 ms", () => {
    const { model, ledger } = desk();
    const [before, dice] = [cells(model), diceOf(11)];
    for (let step = 0; step < 200; step += 1) {
      const block = Math.floor(dice() * 64);
      const near = model.blocks.to[(model.blocks.start[block] as number) + Math.floor(dice() * 2)] as number;
      const unit = model.unitOf(near) as string;
      ledger.submit({ operation: "assign", arguments: { unit, blocks: [model.blocks.id[block] as number] } } satisfies Operation, "");
    }
    expect(ledger.undoable.length).toBeGreaterThan(20);
    let slowest = 0;
    while (ledger.undoable.length > 0) {
      const began = performance.now();
      ledger.undo("");
      slowest = Math.max(slowest, performance.now() - began);
    }
    expect(cells(model)).toEqual(before);
    expect(slowest).toBeLessThan(50 * SLACK);
  });
});

function summary(revision: number, operation: Operation["operation"]): NonNullable<Result["edit"]> {
  return { revision, operation, label: null, actor: { id: "me", name: "王芳", role: "planner" }, at: "2026-01-01T00:00:00Z", undoes: null };
}
