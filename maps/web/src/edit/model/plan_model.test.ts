import { describe, expect, it } from "vitest";
import { composed, inverse } from "./change";
import { piecesOf } from "./contiguity";
import { checkered, diceOf } from "./drawn_plan";
import { planned } from "./operations";
import type { PlanModel } from "./plan_model";
import { SLACK } from "./slack";
import { isRefusal, type Change, type Operation } from "./types";

/** Every unit's figures summed over blocks and borders from nothing. */
function recounted(model: PlanModel): Map<string, readonly (number | null)[]> {
  const sums = new Map<string, readonly (number | null)[]>();
  const { blocks } = model;
  for (const level of model.levels) {
    for (const id of model.unitsOf(level)) {
      const own = blocks.id.map((_, b) => b).filter((b) => model.unitOf(b, level) === id);
      const count = (values: Float64Array): number | null => {
        const known = own.map((b) => values[b] as number).filter((value) => !Number.isNaN(value));
        return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
      };
      let [outside, border, clear] = [0, 0, 0];
      for (const b of own) {
        outside += blocks.outer_m[b] as number;
        for (let k = blocks.start[b] as number; k < (blocks.start[b + 1] as number); k += 1) {
          if (own.includes(blocks.to[k] as number)) continue;
          border += blocks.border_m[k] as number;
          if ((blocks.barrier[k] as number) >= 2) clear += blocks.border_m[k] as number;
        }
      }
      sums.set(id, [own.length, count(blocks.counts.residents), count(blocks.counts.floating), count(blocks.counts.households), outside + border, border === 0 ? null : clear / border]);
    }
  }
  return sums;
}

function shown(model: PlanModel): Map<string, readonly (number | null)[]> {
  const ids = model.levels.flatMap((level) => model.unitsOf(level));
  return new Map(
    ids.map((id) => {
      const f = model.figures(id);
      return [id, [f.blocks, f.residents, f.floating, f.households, f.perimeter_m, f.clear_border_share]];
    }),
  );
}

function randomOperation(model: PlanModel, dice: () => number): Operation {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(dice() * from.length)] as T;
  const cells = model.unitsOf("cell");
  const [cell, other] = [pick(cells), pick(cells)];
  const near = model.blocksOf(cell).flatMap((b) => [...model.blocks.to.subarray(model.blocks.start[b], model.blocks.start[b + 1])]);
  const some = near.filter(() => dice() < 0.4).map((b) => model.blocks.id[b] as number);
  const ids = model.blocksOf(cell).filter(() => dice() < 0.5).map((b) => model.blocks.id[b] as number);
  switch (Math.floor(dice() * 8)) {
    case 0:
      return { operation: "create", arguments: { level: "cell", parent: model.row(cell)?.parent_id ?? null, blocks: ids } };
    case 1:
      return { operation: "merge", arguments: { units: [cell, other], into: cell } };
    case 2:
      return { operation: "dissolve", arguments: { unit: cell } };
    case 3:
      return { operation: "move", arguments: { unit: cell, parent: pick(model.unitsOf("community")) } };
    case 4:
      return { operation: dice() < 0.5 ? "lock" : "unlock", arguments: { units: [cell] } };
    default:
      return { operation: "assign", arguments: { unit: cell, blocks: some } };
  }
}

function snapshot(model: PlanModel): unknown {
  return { units: model.levels.map((level) => [...model.unitsOf(level)].sort().map((id) => [id, model.row(id)])), cells: model.blocks.id.map((_, b) => model.unitOf(b)) };
}

describe("a plan's tallies", () => {
  it("equal a recount after any random edits, and the plan is as before when all are taken back", () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const dice = diceOf(seed);
      const model = checkered(16, 8, dice);
      const [start, figures] = [snapshot(model), shown(model)];
      const done: Change[] = [];
      let made = 0;
      for (let step = 0; step < 60; step += 1) {
        const change = planned(model, randomOperation(model, dice), () => `new:${(made += 1)}`);
        if (isRefusal(change)) continue;
        model.apply(change);
        done.push(change);
      }
      expect(done.length).toBeGreaterThan(10);
      expectAlike(shown(model), recounted(model));
      for (const level of model.levels) for (const id of model.unitsOf(level)) expect(piecesOf(model, id), id).toHaveLength(1);
      const whole = composed(done);
      model.apply(inverse(whole));
      expect(snapshot(model)).toEqual(start);
      expectAlike(shown(model), figures);
    }
  });

  it("are left alone by a question of what would be", () => {
    const dice = diceOf(5);
    const model = checkered(16, 8, dice);
    const before = shown(model);
    model.takeTouched();
    const change = planned(model, { operation: "assign", arguments: { unit: "cell 0 0", blocks: [3] } }, () => "");
    if (isRefusal(change)) throw new Error(change.key);
    expect(model.trying(change, () => model.figures("cell 0 0").blocks)).toBe(5);
    expect(shown(model)).toEqual(before);
    expect(model.takeTouched()).toEqual({ blocks: [], units: [] });
  });

  it("take a stroke over 200 of 20,000 blocks in under 10 ms", () => {
    const dice = diceOf(7);
    const model = checkered(160, 128, dice);
    expect(model.blocks.length).toBe(20_480);
    const times: number[] = [];
    for (let step = 0; step < 40; step += 1) {
      const [x, y] = [4 + Math.floor(dice() * 140), 4 + Math.floor(dice() * 100)];
      const target = model.unitOf(y * 160 + x) as string;
      const blocks = Array.from({ length: 200 }, (_, i) => (y + Math.floor(i / 14)) * 160 + x + (i % 14) + 1);
      const began = performance.now();
      const change = planned(model, { operation: "assign", arguments: { unit: target, blocks } }, () => "");
      if (!isRefusal(change)) model.apply(change);
      model.figures(target);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(10 * SLACK);
  });
});

function expectAlike(found: ReadonlyMap<string, readonly (number | null)[]>, wanted: ReadonlyMap<string, readonly (number | null)[]>): void {
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [id, values] of wanted) {
    values.forEach((value, i) => {
      if (value === null) expect(found.get(id)?.[i], `${id} ${i}`).toBeNull();
      else expect(found.get(id)?.[i], `${id} ${i}`).toBeCloseTo(value, 6);
    });
  }
}
