/** Operations as changes: what each would do to the plan as it is, or why it is refused. Nothing is applied here. */

import type { LevelName } from "../../model/types";
import { composed } from "./change";
import { neighboursOf, pieceCounts } from "./contiguity";
import type { PlanModel } from "./plan_model";
import { isRefusal, type Arguments, type Change, type Operation, type Refusal, type UnitRow } from "./types";

type Pairs = [number, string | null, string | null][];
type Rows = [string, UnitRow | null, UnitRow | null][];
type Planned = Change | Refusal;

/** A new unit's id until the server has given it one. */
export const FRESH = "new:";

/** @param fresh id for a unit that the operation makes; every call gives another. */
export function planned(model: PlanModel, operation: Operation, fresh: () => string): Planned {
  const change = drafted(model, operation, fresh);
  return isRefusal(change) || operation.operation === "group" ? change : checked(model, change);
}

/** The change alone, before it is asked whether units stay whole: what a stroke shows while it is drawn. */
export function drafted(model: PlanModel, { operation, arguments: given }: Operation, fresh: () => string): Planned {
  if (operation === "group") return group(model, given.edits ?? [], fresh);
  return OPERATIONS[operation]?.(model, given, fresh) ?? { key: "server-only" };
}

/** Operations the page cannot foresee without the server: those that cut blocks, and the history's. */
export function isForeseen(operation: Operation): boolean {
  return operation.operation === "group" ? (operation.arguments.edits ?? []).every(isForeseen) : OPERATIONS[operation.operation] !== undefined;
}

const OPERATIONS: Readonly<Partial<Record<Operation["operation"], (model: PlanModel, given: Arguments, fresh: () => string) => Planned>>> = {
  assign,
  create,
  merge,
  move,
  dissolve,
  update,
  lock: (model, given) => setLock(model, given, true),
  unlock: (model, given) => setLock(model, given, false),
};

function group(model: PlanModel, edits: readonly Operation[], fresh: () => string): Planned {
  const done: Change[] = [];
  try {
    for (const edit of edits) {
      const change = planned(model, edit, fresh);
      if (isRefusal(change)) return change;
      model.apply(change);
      done.push(change);
    }
  } finally {
    [...done].reverse().forEach((change) => model.revert(change));
  }
  return done.length === 0 ? { key: "nothing-to-do" } : composed(done);
}

function assign(model: PlanModel, { unit = "", blocks = [] }: Arguments): Planned {
  const row = model.row(unit);
  if (row === null) return { key: "unknown-unit" };
  if (row.level !== model.lowest) return { key: "wrong-level", units: [unit] };
  return given(model, blocks, unit);
}

/** Blocks go to a unit of the lowest level, which may not be there yet. */
function given(model: PlanModel, blocks: readonly number[], unit: string): Planned {
  const pairs: Pairs = [];
  for (const block of new Set(blocks)) {
    const at = model.blocks.at(block);
    if (at < 0 || model.blocks.alive[at] === 0) return { key: "unknown-block", blocks: [block] };
    const from = model.unitOf(at);
    if (from !== unit) pairs.push([block, from, unit]);
  }
  return pairs.length === 0 ? { key: "nothing-to-do" } : { blocks: pairs, units: [] };
}

function create(model: PlanModel, given_: Arguments, fresh: () => string): Planned {
  const { level = model.lowest, parent = null, name = "" } = given_;
  if (!model.levels.includes(level)) return { key: "wrong-level" };
  const above = model.levels[model.levels.indexOf(level) - 1];
  if ((parent === null ? undefined : model.row(parent)?.level) !== above) return { key: "wrong-parent" };
  if (name !== "" && isNameTaken(model, name, level, parent, null)) return { key: "name-taken" };
  const id = fresh();
  const type = given_.type ?? (level === "cell" ? "ordinary" : level);
  const row: UnitRow = { level, parent_id: parent, name, name_en: given_.name_en ?? null, code: given_.code ?? null, type, locked: false };
  const made: Rows[number] = [id, null, row];
  if (level === model.lowest) {
    const change = given(model, given_.blocks ?? [], id);
    return isRefusal(change) ? change : { ...change, units: [made] };
  }
  const below = model.levels[model.levels.indexOf(level) + 1] as LevelName;
  const moved = children(model, given_.units ?? [], below, id);
  if (isRefusal(moved)) return moved;
  return moved.units.length === 0 ? { key: "nothing-to-do" } : { blocks: [], units: [made, ...moved.units] };
}

function children(model: PlanModel, ids: readonly string[], level: LevelName, parent: string): Planned {
  const rows: Rows = [];
  for (const id of new Set(ids)) {
    const row = model.row(id);
    if (row === null) return { key: "unknown-unit" };
    if (row.level !== level) return { key: "wrong-level", units: [id] };
    if (row.locked) return { key: "locked", units: [id] };
    if (row.parent_id !== parent) rows.push([id, row, { ...row, parent_id: parent }]);
  }
  return { blocks: [], units: rows };
}

function merge(model: PlanModel, { units = [], into = "" }: Arguments): Planned {
  const all = [...new Set([into, ...units])];
  const target = model.row(into);
  if (target === null || all.some((id) => model.row(id) === null)) return { key: "unknown-unit" };
  if (all.length < 2) return { key: "nothing-to-do" };
  if (all.some((id) => model.row(id)?.level !== target.level)) return { key: "wrong-level" };
  const locked = all.filter((id) => model.row(id)?.locked);
  if (locked.length > 0) return { key: "locked", units: locked };
  if (!areTouching(model, all)) return { key: "not-touching", units: all };
  return emptied(model, all.filter((id) => id !== into), () => into);
}

function areTouching(model: PlanModel, ids: readonly string[]): boolean {
  const left = new Set(ids.slice(1));
  const reached = [ids[0] as string];
  for (let i = 0; i < reached.length; i += 1) {
    for (const neighbour of neighboursOf(model, reached[i] as string).keys()) {
      if (left.delete(neighbour)) reached.push(neighbour);
    }
  }
  return left.size === 0;
}

/** Units give all they hold, blocks or units, to others and go. */
function emptied(model: PlanModel, ids: readonly string[], into: (held: number | string) => string): Change {
  const [blocks, units]: [Pairs, Rows] = [[], []];
  for (const id of ids) {
    const row = model.row(id) as UnitRow;
    if (row.level === model.lowest) {
      for (const block of model.blocksOf(id)) blocks.push([model.blocks.id[block] as number, id, into(block)]);
    } else {
      for (const child of model.childrenOf(id)) {
        const before = model.row(child) as UnitRow;
        units.push([child, before, { ...before, parent_id: into(child) }]);
      }
    }
    units.push([id, row, null]);
  }
  return { blocks, units };
}

function move(model: PlanModel, { unit = "", parent = null }: Arguments): Planned {
  const row = model.row(unit);
  const to = parent === null ? null : model.row(parent);
  if (row === null || to === null) return { key: "unknown-unit" };
  if (to.level !== model.levels[model.levels.indexOf(row.level) - 1]) return { key: "wrong-parent", units: [unit] };
  if (row.locked) return { key: "locked", units: [unit] };
  if (row.parent_id === parent) return { key: "nothing-to-do" };
  if (isNameTaken(model, row.name, row.level, parent, unit)) return { key: "name-taken" };
  return { blocks: [], units: [[unit, row, { ...row, parent_id: parent }]] };
}

function dissolve(model: PlanModel, { unit = "", into }: Arguments): Planned {
  const row = model.row(unit);
  if (row === null) return { key: "unknown-unit" };
  if (row.locked) return { key: "locked", units: [unit] };
  if (into !== undefined) {
    const target = model.row(into);
    if (target === null) return { key: "unknown-unit" };
    if (target.level !== row.level || into === unit) return { key: "wrong-level", units: [into] };
    return emptied(model, [unit], () => into);
  }
  const siblings = new Set([...neighboursOf(model, unit).keys()].filter((id) => model.row(id)?.parent_id === row.parent_id && !model.row(id)?.locked));
  if (siblings.size === 0) return { key: "not-touching", units: [unit] };
  const taken = row.level === model.lowest ? nearestSiblings(model, unit, siblings) : null;
  return emptied(model, [unit], (held) => {
    if (taken !== null) return taken.get(held as number) as string;
    const shared = [...neighboursOf(model, held as string)].map(([id, length]) => [model.row(id)?.parent_id ?? "", length] as const);
    return mostBorder(shared, siblings) ?? ([...siblings][0] as string);
  });
}

/** The sibling each block goes to, from the border inwards, by the border it shares. */
function nearestSiblings(model: PlanModel, unit: string, siblings: ReadonlySet<string>): ReadonlyMap<number, string> {
  const taken = new Map<number, string>();
  const { start, to, border_m } = model.blocks;
  let left = model.blocksOf(unit);
  while (left.length > 0) {
    const round = left.flatMap((block) => {
      const shared: [string, number][] = [];
      for (let k = start[block] as number; k < (start[block + 1] as number); k += 1) {
        const other = to[k] as number;
        shared.push([taken.get(other) ?? model.unitOf(other) ?? "", border_m[k] as number]);
      }
      const best = mostBorder(shared, siblings);
      return best === null ? [] : [[block, best] as const];
    });
    // A piece apart from every sibling goes with the first of them; the check of contiguity then refuses it.
    const placed = round.length > 0 ? round : left.map((block) => [block, [...siblings][0] as string] as const);
    placed.forEach(([block, best]) => taken.set(block, best));
    left = left.filter((block) => !taken.has(block));
  }
  return taken;
}

function mostBorder(shared: readonly (readonly [string, number])[], among: ReadonlySet<string>): string | null {
  const sums = new Map<string, number>();
  for (const [id, length] of shared) if (among.has(id)) sums.set(id, (sums.get(id) ?? 0) + length);
  return [...sums].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function update(model: PlanModel, { unit = "", ...given_ }: Arguments): Planned {
  const row = model.row(unit);
  if (row === null) return { key: "unknown-unit" };
  if (row.locked) return { key: "locked", units: [unit] };
  const { name = row.name, name_en = row.name_en, code = row.code, type = row.type } = given_;
  if (name === row.name && name_en === row.name_en && code === row.code && type === row.type) return { key: "nothing-to-do" };
  if (name !== row.name && isNameTaken(model, name, row.level, row.parent_id, unit)) return { key: "name-taken" };
  if (code !== null && code !== row.code && model.levels.some((level) => model.unitsOf(level).some((id) => model.row(id)?.code === code))) return { key: "code-taken" };
  return { blocks: [], units: [[unit, row, { ...row, name, name_en, code, type }]] };
}

function setLock(model: PlanModel, { units = [] }: Arguments, locked: boolean): Planned {
  const rows: Rows = [];
  for (const id of new Set(units)) {
    const row = model.row(id);
    if (row === null) return { key: "unknown-unit" };
    if (row.locked !== locked) rows.push([id, row, { ...row, locked }]);
  }
  return rows.length === 0 ? { key: "nothing-to-do" } : { blocks: [], units: rows };
}

function isNameTaken(model: PlanModel, name: string, level: LevelName, parent: string | null, self: string | null): boolean {
  return model.unitsOf(level).some((id) => id !== self && model.row(id)?.parent_id === parent && model.row(id)?.name === name);
}

/** Locks, last blocks and contiguity of every unit whose area changes, and the unassigned cells that go. */
export function checked(model: PlanModel, change: Change): Planned {
  const touched = reached(model, change);
  const whole = completed(model, change, touched);
  const going = new Set(whole.units.filter(([, , after]) => after === null).map(([id]) => id));
  const locked = [...touched].filter((id) => model.row(id)?.locked);
  if (locked.length > 0) return { key: "locked", units: locked };
  const before = pieceCounts(model, touched);
  return model.trying(whole, () => {
    const after = pieceCounts(model, touched);
    const staying = [...touched].filter((id) => !going.has(id));
    const empty = staying.filter((id) => model.figures(id).blocks === 0);
    if (empty.length > 0) return { key: "last-block", units: empty };
    const apart = staying.filter((id) => model.row(id)?.type !== "unassigned" && (after.get(id) ?? 1) > Math.max(1, before.get(id) ?? 1));
    return apart.length > 0 ? { key: "not-contiguous", units: apart, pieces: after.get(apart[0] as string) ?? 0 } : whole;
  });
}

/** Units of every level whose blocks change. */
function reached(model: PlanModel, change: Change): Set<string> {
  const touched = new Set<string>();
  const rows = new Map(change.units.map(([id, , after]) => [id, after] as const));
  const chain = (id: string | null, after: boolean): string[] => {
    const found: string[] = [];
    for (let one = id; one !== null && !found.includes(one); ) {
      found.push(one);
      one = (after && rows.has(one) ? rows.get(one) : model.row(one))?.parent_id ?? null;
    }
    return found;
  };
  const differ = (was: readonly string[], is: readonly string[]): void => {
    was.filter((id) => !is.includes(id)).forEach((id) => touched.add(id));
    is.filter((id) => !was.includes(id)).forEach((id) => touched.add(id));
  };
  const seen = new Set<string>();
  for (const [, from, to] of change.blocks) {
    const key = `${from} ${to}`;
    if (seen.has(key)) continue;
    seen.add(key);
    differ(chain(from, false), chain(to, true));
  }
  for (const [id, before, after] of change.units) {
    if (before !== null && after !== null && before.parent_id !== after.parent_id) differ(chain(id, false), chain(id, true));
  }
  return touched;
}

/** An unassigned cell goes with its last block. */
function completed(model: PlanModel, change: Change, touched: ReadonlySet<string>): Change {
  const listed = new Set(change.units.map(([id]) => id));
  const units = [...change.units];
  for (const id of touched) {
    const row = model.row(id);
    if (row?.type !== "unassigned" || listed.has(id) || row.level !== model.lowest) continue;
    const leaving = change.blocks.filter(([, from]) => from === id).length;
    const coming = change.blocks.some(([, , to]) => to === id);
    if (!coming && leaving === model.figures(id).blocks) units.push([id, row, null]);
  }
  return { blocks: change.blocks, units };
}

