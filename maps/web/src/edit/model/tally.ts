/** Sums of a unit, kept up to date block by block and border by border. */

import { COUNTS, type BlockTable, type CountName } from "./blocks";

export interface Tally {
  blocks: number;
  buildings: number;
  area_m2: number;
  perimeter_m: number;
  /** Border with other units, and how much of it runs along roads, water or walls. */
  border_m: number;
  clear_m: number;
  readonly sum: Record<CountName, number>;
  /** How many blocks have a count; a sum over none is unknown. */
  readonly known: Record<CountName, number>;
}

/** A unit's figures as people read them; the two sides of `before → after`. */
export interface Figures {
  readonly blocks: number;
  readonly buildings: number;
  readonly residents: number | null;
  readonly floating: number | null;
  readonly households: number | null;
  readonly area_m2: number;
  readonly perimeter_m: number;
  /** Polsby-Popper; null where there is no area. */
  readonly compactness: number | null;
  readonly clear_border_share: number | null;
}

export function emptyTally(): Tally {
  return {
    blocks: 0,
    buildings: 0,
    area_m2: 0,
    perimeter_m: 0,
    border_m: 0,
    clear_m: 0,
    sum: { residents: 0, floating: 0, households: 0 },
    known: { residents: 0, floating: 0, households: 0 },
  };
}

/** Adds a block's own figures (`by` 1) or takes them away (-1); its borders are counted apart. */
export function addBlock(tally: Tally, blocks: BlockTable, block: number, by: 1 | -1): void {
  tally.blocks += by;
  tally.buildings += by * (blocks.buildings[block] as number);
  tally.area_m2 += by * (blocks.area_m2[block] as number);
  tally.perimeter_m += by * (blocks.outer_m[block] as number);
  for (const name of COUNTS) {
    const value = blocks.counts[name][block] as number;
    if (Number.isNaN(value)) continue;
    tally.sum[name] += by * value;
    tally.known[name] += by;
  }
}

export function addBorder(tally: Tally, length_m: number, clear: boolean, by: 1 | -1): void {
  tally.perimeter_m += by * length_m;
  tally.border_m += by * length_m;
  if (clear) tally.clear_m += by * length_m;
}

/** Millimetre sums taken away again leave dust; a length below this is none. */
const DUST_M = 1e-6;

export function figuresOf(tally: Tally, bordersKnown: boolean): Figures {
  const count = (name: CountName): number | null => (tally.known[name] > 0 ? tally.sum[name] : null);
  const { perimeter_m, area_m2, border_m } = tally;
  return {
    blocks: tally.blocks,
    buildings: tally.buildings,
    residents: count("residents"),
    floating: count("floating"),
    households: count("households"),
    area_m2,
    perimeter_m,
    compactness: perimeter_m > DUST_M ? (4 * Math.PI * area_m2) / perimeter_m ** 2 : null,
    clear_border_share: bordersKnown && border_m > DUST_M ? Math.min(1, Math.max(0, tally.clear_m / border_m)) : null,
  };
}
