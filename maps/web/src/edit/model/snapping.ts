/** Where a drawn point would better lie: on a corner or along a border, road or water near it. */

import { Grid, type Box } from "./grid";
import { along, type Point } from "./shapes";

export type SnapKind = "border" | "road" | "water";

export interface Snap {
  readonly at: Point;
  readonly kind: SnapKind;
  readonly corner: boolean;
  readonly name: string | null;
}

interface Side {
  readonly ends: readonly [number, number, number, number];
  readonly kind: SnapKind;
  readonly name: string | null;
}

/** A corner draws from a little further than a side. */
const CORNER_FIRST = 1.4;

export class SnapIndex {
  readonly #sides: Side[] = [];
  readonly #grid: Grid;

  constructor(extent: Box, count: number) {
    this.#grid = new Grid(extent, count);
  }

  add(kind: SnapKind, name: string | null, line: ArrayLike<number>): void {
    for (let i = 2; i + 1 < line.length; i += 2) {
      const [ax, ay, bx, by] = [line[i - 2] as number, line[i - 1] as number, line[i] as number, line[i + 1] as number];
      this.#grid.add(this.#sides.length, [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)]);
      this.#sides.push({ ends: [ax, ay, bx, by], kind, name });
    }
  }

  near([x, y]: Point, reach_m: number): Snap | null {
    let [best, least]: [Snap | null, number] = [null, Infinity];
    const reach = reach_m * CORNER_FIRST;
    const offer = (px: number, py: number, side: Side, corner: boolean): void => {
      const distance = Math.hypot(px - x, py - y) / (corner ? CORNER_FIRST : 1);
      // On equal terms the border, which the platform snaps to as well.
      const rank = distance + (side.kind === "border" ? 0 : reach_m * 0.01) - (corner ? reach_m * 0.25 : 0);
      if (distance <= reach_m && rank < least) [best, least] = [{ at: [px, py], kind: side.kind, corner, name: side.name }, rank];
    };
    for (const at of this.#grid.within([x - reach, y - reach, x + reach, y + reach])) {
      const side = this.#sides[at] as Side;
      const [ax, ay, bx, by] = side.ends;
      offer(ax, ay, side, true);
      offer(bx, by, side, true);
      const t = along(x, y, ax, ay, bx, by);
      offer(ax + t * (bx - ax), ay + t * (by - ay), side, false);
    }
    return best;
  }
}
