/** Which blocks a brush, a rectangle or a lasso takes. */

import type { BlockTable } from "./blocks";
import type { Box } from "./grid";
import { distance2, isInside, meets, type Point } from "./shapes";

/**
 * Blocks swept by a round brush from one place to the next: those the pointer crosses, and with a wide brush those
 * whose middle it covers.
 */
export function swept(blocks: BlockTable, from: Point, to: Point, radius_m: number): number[] {
  const [[px, py], [qx, qy]] = [from, to];
  const reach: Box = [Math.min(px, qx) - radius_m, Math.min(py, qy) - radius_m, Math.max(px, qx) + radius_m, Math.max(py, qy) + radius_m];
  return blocks.within(reach).filter((block) => {
    const [x, y] = blocks.point[block] as Point;
    if (radius_m > 0 && distance2(x, y, px, py, qx, qy) <= radius_m * radius_m) return true;
    return meets(blocks.rings[block] ?? [], px, py, qx, qy);
  });
}

/** Blocks whose middle lies in a box. */
export function boxed(blocks: BlockTable, a: Point, b: Point): number[] {
  const box: Box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  return blocks.within(box).filter((block) => {
    const [x, y] = blocks.point[block] as Point;
    return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
  });
}

/** Blocks whose middle lies inside a drawn loop, closed from its end to its start. */
export function lassoed(blocks: BlockTable, loop: readonly Point[]): number[] {
  if (loop.length < 3) return [];
  const ring = Float64Array.from([...loop, loop[0] as Point].flat());
  const [xs, ys] = [loop.map(([x]) => x), loop.map(([, y]) => y)];
  const box: Box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return blocks.within(box).filter((block) => isInside([ring], ...(blocks.point[block] as Point)));
}
