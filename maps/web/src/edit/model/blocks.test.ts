import { expect, it } from "vitest";
import { BlockTable } from "./blocks";
import { blockFeature } from "./drawn_plan";
import type { BlockFeature, BorderRow } from "./types";

/** A block of 100 m high on a row that is 300 m long. */
function block(id: number, west: number, east: number): BlockFeature {
  return blockFeature({ id, box: [west, 0, east, 100], residents: east - west, floating: 0, households: 10 }, [0, 0, 300, 100]);
}

const BEFORE = [block(1, 0, 100), block(2, 100, 200)];
const AFTER = [block(4, 0, 40), block(5, 40, 100), block(6, 100, 200)];
const BORDERS_BEFORE: readonly BorderRow[] = [[1, 2, 100, 1], [2, 3, 100, 1]];
const BORDERS_AFTER: readonly BorderRow[] = [[4, 5, 100, 1], [5, 6, 100, 1], [3, 6, 100, 1]];

it("a cut that is undone and redone again and again leaves every block with its figures", () => {
  const features = [...BEFORE, block(3, 200, 300)];
  const table = new BlockTable({ revision: 0, blocks: { type: "FeatureCollection", features }, borders: BORDERS_BEFORE });
  const there = (): [number, number, number][] =>
    table.id.flatMap((id, at) => (table.alive[at] === 1 ? [[id, table.area_m2[at] as number, table.counts.residents[at] as number] as [number, number, number]] : []));
  const before = there();
  table.replace(AFTER, [1, 2], BORDERS_AFTER);
  const after = there();
  expect(after).toEqual([[3, 10_000, 100], [4, 4_000, 40], [5, 6_000, 60], [6, 10_000, 100]]);
  for (let turn = 0; turn < 3; turn += 1) {
    table.replace(BEFORE, [4, 5, 6], BORDERS_BEFORE);
    expect(there()).toEqual(before);
    table.replace(AFTER, [1, 2], BORDERS_AFTER);
    expect(there()).toEqual(after);
  }
  expect(table.length).toBe(6);
  expect(table.under(50, 50)).toBe(table.at(5));
});
