/** Blocks as flat arrays, indexed by position: figures, geometry, neighbours. New versions are appended, old ones rest. */

import type { Position } from "../../model/types";
import { Grid, type Box } from "./grid";
import { Segments } from "./segments";
import { isInside, pointInside, type Ring } from "./shapes";
import type { BlockFeature, BlocksAnswer, BorderRow } from "./types";

export const COUNTS = ["residents", "floating", "households"] as const;
export type CountName = (typeof COUNTS)[number];

const WALL = 2;

export class BlockTable {
  readonly id: number[] = [];
  readonly key: string[] = [];
  readonly use: (string | null)[] = [];
  readonly estimated: boolean[] = [];
  readonly rings: (readonly Ring[])[] = [];
  readonly box: Box[] = [];
  /** A place inside each block: what rectangles, lassos and wide brushes ask about. */
  readonly point: (readonly [number, number])[] = [];
  area_m2 = new Float64Array(0);
  outer_m = new Float64Array(0);
  buildings = new Float64Array(0);
  /** NaN where a block has no count. */
  counts: Readonly<Record<CountName, Float64Array>> = { residents: new Float64Array(0), floating: new Float64Array(0), households: new Float64Array(0) };
  /** 1 while a block is part of the plan, 0 once a newer version took its place. */
  alive = new Uint8Array(0);
  /** Neighbours of block b: positions start[b] to start[b + 1] of `to`, `border_m` and `barrier`. */
  start = new Int32Array(1);
  to = new Int32Array(0);
  border_m = new Float64Array(0);
  barrier = new Uint8Array(0);
  /** Whether anything is known about what runs along borders. */
  bordersKnown = false;
  readonly extent: Box;
  readonly segments: Segments;
  readonly #grid: Grid;
  readonly #at = new Map<number, number>();
  #borders: BorderRow[];

  constructor(answer: BlocksAnswer) {
    const boxes = answer.blocks.features.map((feature) => boxOf(ringsOf(feature)));
    this.extent = boxes.reduce(joined, EMPTY_BOX);
    this.#grid = new Grid(this.extent, boxes.length);
    this.segments = new Segments([this.extent[0], this.extent[1]]);
    this.#borders = [...answer.borders];
    this.#grow(answer.blocks.features.length);
    answer.blocks.features.forEach((feature) => this.#add(feature));
    this.#connect();
  }

  get length(): number {
    return this.id.length;
  }

  /** The position of a block, or -1 when it was never loaded. */
  at(id: number): number {
    return this.#at.get(id) ?? -1;
  }

  /** Takes in new versions with their borders and lets the old ones rest. */
  replace(features: readonly BlockFeature[], removed: readonly number[], borders: readonly BorderRow[]): void {
    const gone = new Set(removed);
    for (const id of removed) this.#rest(this.at(id));
    this.#grow(this.length + features.filter(({ id }) => this.at(id) < 0).length);
    const come = new Set(features.map(({ id }) => id));
    for (const feature of features) {
      const known = this.at(feature.id);
      if (known >= 0) this.#wake(known);
      else this.#add(feature);
    }
    // Borders of what came are all told anew; those of what went are void.
    const stays = this.#borders.filter(([a, b]) => !gone.has(a) && !gone.has(b) && !(come.has(a) || come.has(b)));
    this.#borders = [...stays, ...borders];
    this.#connect();
  }

  /** The block at a place, or -1. */
  under(x: number, y: number): number {
    return this.within([x, y, x, y]).find((block) => isInside(this.rings[block] ?? [], x, y)) ?? -1;
  }

  /** Blocks whose box touches a box. */
  within(box: Box): number[] {
    return this.#grid.within(box);
  }

  /** Whether a border of this kind is clear (R6): along a wall, a road or water. */
  static isClear(barrier: number): boolean {
    return barrier >= WALL;
  }

  #rest(block: number): void {
    if (block < 0 || this.alive[block] === 0) return;
    this.alive[block] = 0;
    this.segments.remove(block);
    this.#grid.remove(block);
  }

  #wake(block: number): void {
    if (this.alive[block] === 1) return;
    this.alive[block] = 1;
    this.segments.add(block, this.rings[block] ?? []);
    this.#grid.add(block, this.box[block] ?? EMPTY_BOX);
  }

  #add(feature: BlockFeature): void {
    const block = this.length;
    const { properties } = feature;
    const rings = ringsOf(feature);
    this.#at.set(feature.id, block);
    this.id.push(feature.id);
    this.key.push(properties.key);
    this.use.push(properties.use);
    this.estimated.push(properties.estimated === true);
    this.rings.push(rings);
    this.box.push(boxOf(rings));
    this.point.push(pointInside(rings));
    this.area_m2[block] = properties.area_m2;
    this.outer_m[block] = properties.outer_m;
    this.buildings[block] = properties.buildings ?? 0;
    for (const name of COUNTS) this.counts[name][block] = properties[name] ?? NaN;
    this.#wake(block);
  }

  #grow(length: number): void {
    const larger = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(length);
      grown.set(old);
      return grown;
    };
    this.area_m2 = larger(this.area_m2);
    this.outer_m = larger(this.outer_m);
    this.buildings = larger(this.buildings);
    this.counts = { residents: larger(this.counts.residents), floating: larger(this.counts.floating), households: larger(this.counts.households) };
    const alive = new Uint8Array(length);
    alive.set(this.alive);
    this.alive = alive;
  }

  #connect(): void {
    const pairs = this.#borders.map(([a, b, length, barrier]) => [this.at(a), this.at(b), length, barrier] as const).filter(([a, b]) => a >= 0 && b >= 0);
    this.start = new Int32Array(this.length + 1);
    for (const [a, b] of pairs) {
      for (const one of [a, b]) this.start[one + 1] = (this.start[one + 1] ?? 0) + 1;
    }
    for (let i = 0; i < this.length; i += 1) this.start[i + 1] = (this.start[i + 1] ?? 0) + (this.start[i] ?? 0);
    const next = this.start.slice();
    this.to = new Int32Array(2 * pairs.length);
    this.border_m = new Float64Array(2 * pairs.length);
    this.barrier = new Uint8Array(2 * pairs.length);
    this.bordersKnown = pairs.some(([, , , barrier]) => barrier > 0);
    for (const [a, b, length, barrier] of pairs) {
      for (const [from, to] of [[a, b], [b, a]] as const) {
        const slot = next[from] as number;
        next[from] = slot + 1;
        this.to[slot] = to;
        this.border_m[slot] = length;
        this.barrier[slot] = barrier;
      }
    }
  }
}

export const EMPTY_BOX: Box = [Infinity, Infinity, -Infinity, -Infinity];

export function joined(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

export function ringsOf({ geometry }: BlockFeature): Ring[] {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flat().map(flat);
}

function flat(ring: readonly Position[]): Ring {
  const values = new Float64Array(2 * ring.length);
  ring.forEach((position, i) => values.set([position[0] ?? NaN, position[1] ?? NaN], 2 * i));
  return values;
}

function boxOf(rings: readonly Ring[]): Box {
  let [minx, miny, maxx, maxy] = EMPTY_BOX;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = [ring[i] as number, ring[i + 1] as number];
      if (x < minx) minx = x;
      if (x > maxx) maxx = x;
      if (y < miny) miny = y;
      if (y > maxy) maxy = y;
    }
  }
  return [minx, miny, maxx, maxy];
}
