/** Plans to draw by hand or by dice, for tests: square blocks in rows, cells, communities and streets over them. */

import type { LevelName } from "../../model/types";
import { BlockTable } from "./blocks";
import { PlanModel } from "./plan_model";
import type { Rules } from "./rules";
import type { BlockFeature, BorderRow, UnitRow } from "./types";

export const LEVELS: readonly LevelName[] = ["street", "community", "cell"];
export const RULES: Rules = { bands: { residents: [1000, 1500], households: [300, 500] }, parts_per_parent: [2, 3] };

export interface DrawnBlock {
  readonly id: number;
  readonly key?: string;
  /** West, south, east, north, metres. */
  readonly box: readonly [number, number, number, number];
  readonly residents: number | null;
  readonly floating: number | null;
  readonly households: number | null;
}

export function blockFeature(block: DrawnBlock, extent: readonly [number, number, number, number], unit: string | null = null): BlockFeature {
  const [west, south, east, north] = block.box;
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  const outer_m =
    (west === extent[0] ? north - south : 0) + (east === extent[2] ? north - south : 0) +
    (south === extent[1] ? east - west : 0) + (north === extent[3] ? east - west : 0);
  return {
    type: "Feature",
    id: block.id,
    geometry: { type: "Polygon", coordinates: [ring] },
    properties: {
      key: block.key ?? String(block.id), unit, residents: block.residents, floating: block.floating, households: block.households,
      area_m2: (east - west) * (north - south), buildings: 1, outer_m, use: null,
    },
  };
}

export function unitRow(level: LevelName, parent_id: string | null, given: Partial<UnitRow> = {}): UnitRow {
  const type = level === "cell" ? "ordinary" : level;
  return { level, parent_id, name: "", name_en: null, code: null, type, locked: false, ...given };
}

/** Rows by columns of blocks of 100 m; cells of 2 by 2, communities of 4 by 4, streets of 8 by 8 blocks. */
export function checkered(columns: number, rows: number, dice: () => number): PlanModel {
  const extent = [0, 0, 100 * columns, 100 * rows] as const;
  const features: BlockFeature[] = [];
  const borders: BorderRow[] = [];
  const units = new Map<string, UnitRow>();
  const assignment: string[] = [];
  for (let i = 0; i < columns * rows; i += 1) {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const ids = ([["street", 8], ["community", 4], ["cell", 2]] as const).map(([level, size]) => `${level} ${Math.floor(x / size)} ${Math.floor(y / size)}`);
    ids.forEach((id, depth) => {
      if (!units.has(id)) units.set(id, unitRow(LEVELS[depth] as LevelName, ids[depth - 1] ?? null, { name: id, code: id }));
    });
    assignment.push(ids[2] as string);
    const count = (least: number, most: number): number | null => (dice() < 0.05 ? null : Math.floor(least + dice() * (most - least)));
    const box = [100 * x, 100 * y, 100 * x + 100, 100 * y + 100] as const;
    features.push(blockFeature({ id: i + 1, box, residents: count(150, 500), floating: count(0, 90), households: count(60, 160) }, extent));
    if (x > 0) borders.push([i, i + 1, 100, Math.floor(dice() * 5)]);
    if (y > 0) borders.push([i + 1 - columns, i + 1, 100, Math.floor(dice() * 5)]);
  }
  const blocks = new BlockTable({ revision: 0, blocks: { type: "FeatureCollection", features }, borders });
  return new PlanModel(blocks, LEVELS, RULES, units, assignment);
}

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
