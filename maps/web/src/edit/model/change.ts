/** Changes as values: what an edit did, and what takes it back. */

import type { Change } from "./types";

export const NO_CHANGE: Change = { blocks: [], units: [] };

export function inverse(change: Change): Change {
  return {
    blocks: change.blocks.map(([block, from, to]) => [block, to, from] as const),
    units: change.units.map(([unit, before, after]) => [unit, after, before] as const),
  };
}

/** Several changes, one after the other, as one; what ends where it began is left out. */
export function composed(changes: readonly Change[]): Change {
  const blocks = new Map<number, readonly [string | null, string | null]>();
  const units = new Map<string, readonly [Change["units"][number][1], Change["units"][number][2]]>();
  for (const change of changes) {
    for (const [block, from, to] of change.blocks) {
      const earlier = blocks.get(block);
      blocks.set(block, [earlier === undefined ? from : earlier[0], to]);
    }
    for (const [unit, before, after] of change.units) {
      const earlier = units.get(unit);
      units.set(unit, [earlier === undefined ? before : earlier[0], after]);
    }
  }
  return {
    blocks: [...blocks].filter(([, [from, to]]) => from !== to).map(([block, [from, to]]) => [block, from, to] as const),
    units: [...units].filter(([, [before, after]]) => before !== null || after !== null).map(([unit, [before, after]]) => [unit, before, after] as const),
  };
}

/** The same change with units known by other ids. */
export function renamed(change: Change, ids: ReadonlyMap<string, string>): Change {
  const id = <T extends string | null>(one: T): T | string => (one === null ? one : (ids.get(one) ?? one));
  return {
    blocks: change.blocks.map(([block, from, to]) => [block, id(from), id(to)] as const),
    units: change.units.map(([unit, before, after]) => [
      id(unit),
      before === null ? null : { ...before, parent_id: id(before.parent_id) },
      after === null ? null : { ...after, parent_id: id(after.parent_id) },
    ] as const),
  };
}
