/**
 * Sides of blocks with the block on either side: what borders of units are drawn from.
 *
 * Blocks are a coverage with shared vertices on a 1 mm grid, so a side is found by its two ends.
 */

import type { Ring } from "./shapes";

/** No block on that side: outside the district, or a block that is not loaded. */
export const NONE = -1;

export class Segments {
  count = 0;
  /** Ends: x0, y0, x1, y1 for each. */
  ends = new Float64Array(1024);
  /** The blocks on either side; `NONE` twice where both are gone. */
  sides = new Int32Array(512).fill(NONE);
  readonly #nodes = new Map<number, number>();
  readonly #known = new Map<number, number>();
  readonly #of: number[][] = [];
  readonly #origin: readonly [number, number];

  /** @param origin a corner near the district, so that millimetres from it stay exact in one number. */
  constructor(origin: readonly [number, number]) {
    this.#origin = [Math.floor(origin[0]) - SPAN_M / 2, Math.floor(origin[1]) - SPAN_M / 2];
  }

  add(block: number, rings: readonly Ring[]): void {
    const own: number[] = [];
    for (const ring of rings) {
      let from = this.#node(ring[0] as number, ring[1] as number);
      for (let i = 2; i < ring.length; i += 2) {
        const to = this.#node(ring[i] as number, ring[i + 1] as number);
        if (from !== to) own.push(this.#side(block, from, to, ring, i));
        from = to;
      }
    }
    this.#of[block] = own;
  }

  remove(block: number): void {
    for (const segment of this.of(block)) {
      const slot = this.sides[2 * segment] === block ? 2 * segment : 2 * segment + 1;
      this.sides[slot] = NONE;
    }
    this.#of[block] = [];
  }

  /** The sides of a block. */
  of(block: number): readonly number[] {
    return this.#of[block] ?? [];
  }

  #side(block: number, from: number, to: number, ring: Ring, i: number): number {
    const key = Math.min(from, to) * NODES + Math.max(from, to);
    let segment = this.#known.get(key);
    if (segment === undefined) {
      segment = this.count;
      this.#grow();
      this.#known.set(key, segment);
      this.ends.set(ring.subarray(i - 2, i + 2), 4 * segment);
    }
    const slot = this.sides[2 * segment] === NONE ? 2 * segment : 2 * segment + 1;
    this.sides[slot] = block;
    return segment;
  }

  #grow(): void {
    this.count += 1;
    if (4 * this.count <= this.ends.length) return;
    const [ends, sides] = [this.ends, this.sides];
    this.ends = new Float64Array(2 * ends.length);
    this.ends.set(ends);
    this.sides = new Int32Array(2 * sides.length).fill(NONE);
    this.sides.set(sides);
  }

  #node(x: number, y: number): number {
    const key = Math.round((x - this.#origin[0]) * 1000) * SPAN_MM + Math.round((y - this.#origin[1]) * 1000);
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = this.#nodes.size;
      this.#nodes.set(key, node);
    }
    return node;
  }
}

/** 80 km across: its square in millimetres still fits a double exactly. */
const SPAN_M = 80_000;
const SPAN_MM = SPAN_M * 1000;
const NODES = 2 ** 26;
