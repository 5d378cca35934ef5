/** Whether units stay in one piece: pieces of a unit over the borders of its blocks. A corner is no border. */

import type { PlanModel } from "./plan_model";

/** The pieces of a unit, the largest first, as block positions. */
export function piecesOf(model: PlanModel, id: string): number[][] {
  const row = model.row(id);
  if (row === null) return [];
  const column = model.column(row.level);
  const seen = new Uint8Array(column.length);
  return model
    .blocksOf(id)
    .flatMap((block) => (seen[block] === 1 ? [] : [flood(model, column, block, seen)]))
    .sort((a, b) => b.length - a.length);
}

/** How many pieces units are in, by position, in one pass over the blocks of each level. */
export function pieceCounts(model: PlanModel, ids: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const asked = new Uint8Array(model.size);
  for (const id of ids) {
    if (model.row(id) === null) continue;
    asked[model.at(id)] = 1;
    counts.set(id, 0);
  }
  for (const level of model.levels) {
    const column = model.column(level);
    const seen = new Uint8Array(column.length);
    for (let block = 0; block < column.length; block += 1) {
      const unit = column[block] as number;
      if (unit < 0 || asked[unit] === 0 || seen[block] === 1) continue;
      flood(model, column, block, seen);
      const id = model.idAt(unit) as string;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/** The piece around a block: its own unit's blocks that hang together with it. */
function flood(model: PlanModel, column: Int32Array, first: number, seen: Uint8Array): number[] {
  const { start, to, alive } = model.blocks;
  seen[first] = 1;
  const piece = [first];
  for (let i = 0; i < piece.length; i += 1) {
    const block = piece[i] as number;
    for (let k = start[block] as number; k < (start[block + 1] as number); k += 1) {
      const other = to[k] as number;
      if (alive[other] === 0 || column[other] !== column[block] || seen[other] === 1) continue;
      seen[other] = 1;
      piece.push(other);
    }
  }
  return piece;
}

/** Ids of units of the same level that share a border with a unit, each with the length of it in metres. */
export function neighboursOf(model: PlanModel, id: string): ReadonlyMap<string, number> {
  const row = model.row(id);
  const shared = new Map<string, number>();
  if (row === null) return shared;
  const column = model.column(row.level);
  const own = model.at(id);
  const { start, to, border_m } = model.blocks;
  for (const block of model.blocksOf(id)) {
    for (let k = start[block] as number; k < (start[block + 1] as number); k += 1) {
      const other = column[to[k] as number] as number;
      const name = other === own ? null : model.idAt(other);
      if (name !== null) shared.set(name, (shared.get(name) ?? 0) + (border_m[k] as number));
    }
  }
  return shared;
}
