/** What an operation would do, before it is done: blocks that change, figures before and after, rules broken and mended. */

import { checked, drafted } from "./operations";
import type { PlanModel } from "./plan_model";
import type { UnitFinding } from "./rules";
import type { Ring } from "./shapes";
import type { Figures } from "./tally";
import { isRefusal, type Change, type Operation, type Refusal, type UnitRow } from "./types";

export interface Foreseen {
  readonly operation: Operation;
  /** Positions of blocks and the unit each goes to. */
  readonly blocks: ReadonlyMap<number, string>;
  /** Pieces that a line would make of blocks, as far as they are what changes. */
  readonly pieces: readonly Piece[];
  readonly units: readonly ForeseenUnit[];
  /** Why it would not be done, although it can be shown. */
  readonly refusal: Refusal | null;
}

export interface Piece {
  readonly rings: readonly Ring[];
  readonly unit: string;
}

export interface ForeseenUnit {
  readonly id: string;
  readonly row: UnitRow;
  /** Null for a unit that is new. */
  readonly before: Figures | null;
  /** Null for a unit that goes. */
  readonly after: Figures | null;
  readonly broken: readonly UnitFinding[];
  readonly mended: readonly UnitFinding[];
}

/** A new unit's id while it is only foreseen. */
export const FORESEEN = "new:foreseen";

export function foresee(model: PlanModel, operation: Operation): Foreseen | Refusal {
  const change = drafted(model, operation, () => FORESEEN);
  if (isRefusal(change)) return change;
  const whole = operation.operation === "group" ? change : checked(model, change);
  const [shown, refusal] = isRefusal(whole) ? [change, whole] : [whole, null];
  return { operation, blocks: targets(model, shown), pieces: [], units: unitsOf(model, shown), refusal };
}

/**
 * At most `most` units of the level in work to tell beside what draws: the unit it is about, then by the residents they win
 * or lose. Of what is above them the same is true; one whose people stay is told only where no other is.
 */
export function mostChanged({ operation, units }: Foreseen, most: number): readonly ForeseenUnit[] {
  const level = units.some(({ row }) => row.level === "cell") ? "cell" : units[0]?.row.level;
  const { unit, into } = operation.arguments;
  const rank = ({ id, before, after }: ForeseenUnit): number =>
    id === (into ?? unit) || before === null ? Infinity : Math.abs((after?.residents ?? 0) - (before.residents ?? 0));
  const shown = units.filter(({ row }) => row.level === level).sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
  const moved = shown.filter(({ before, after }) => before === null || after === null || before.residents !== after.residents || before.households !== after.households);
  return (moved.length > 0 ? moved : shown.slice(0, 1)).slice(0, most);
}

function targets(model: PlanModel, change: Change): ReadonlyMap<number, string> {
  const blocks = new Map<number, string>();
  for (const [block, , to] of change.blocks) if (to !== null) blocks.set(model.blocks.at(block), to);
  for (const [id, before, after] of change.units) {
    if (before === null || after === null || before.parent_id === after.parent_id) continue;
    for (const block of model.blocksOf(id)) blocks.set(block, after.parent_id ?? id);
  }
  return blocks;
}

function unitsOf(model: PlanModel, change: Change): ForeseenUnit[] {
  const ids = touchedUnits(model, change);
  const before = new Map([...ids].map((id) => [id, { row: model.row(id), figures: model.figures(id), findings: model.findings(id) }]));
  return model.trying(change, () =>
    [...ids].flatMap((id) => {
      const was = before.get(id);
      const row = model.row(id) ?? was?.row ?? null;
      if (row === null || was === undefined) return [];
      const findings = model.row(id) === null ? [] : model.findings(id);
      const beyond = (some: readonly UnitFinding[], others: readonly UnitFinding[]): UnitFinding[] =>
        some.filter(({ rule }) => others.every((other) => other.rule !== rule));
      return [{
        id, row,
        before: was.row === null ? null : was.figures,
        after: model.row(id) === null ? null : model.figures(id),
        broken: beyond(findings, was.findings),
        mended: beyond(was.findings, findings),
      }];
    }),
  );
}

/** Units of the change and everything above them, the lowest level first. */
function touchedUnits(model: PlanModel, change: Change): ReadonlySet<string> {
  const direct = new Set<string>(change.units.map(([id]) => id));
  for (const [, from, to] of change.blocks) for (const id of [from, to]) if (id !== null) direct.add(id);
  const parents = new Set<string>();
  const rise = (id: string | null | undefined): void => {
    for (let one = id ?? null; one !== null && !parents.has(one); one = model.row(one)?.parent_id ?? null) parents.add(one);
  };
  for (const id of direct) rise(model.row(id)?.parent_id);
  for (const [, , after] of change.units) rise(after?.parent_id);
  return new Set([...direct, ...parents]);
}
