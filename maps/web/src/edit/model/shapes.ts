/** Plane geometry on flat rings: [x0, y0, x1, y1, ...], closed, metres. */

export type Ring = Float64Array;
export type Point = readonly [number, number];

/** Whether a point lies inside rings by the even-odd rule, so that holes are outside. */
export function isInside(rings: readonly Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [ring[i] as number, ring[i + 1] as number, ring[j] as number, ring[j + 1] as number];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** Square of the distance from a point to the segment a-b. */
export function distance2(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const t = along(x, y, ax, ay, bx, by);
  const [dx, dy] = [x - ax - t * (bx - ax), y - ay - t * (by - ay)];
  return dx * dx + dy * dy;
}

/** Where on a-b, between 0 and 1, the nearest point to (x, y) is. */
export function along(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return 0;
  return Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length2));
}

/** Whether the segments p-q and a-b cross or touch. */
export function crosses(px: number, py: number, qx: number, qy: number, ax: number, ay: number, bx: number, by: number): boolean {
  const side = (ux: number, uy: number, vx: number, vy: number, wx: number, wy: number): number =>
    Math.sign((vx - ux) * (wy - uy) - (vy - uy) * (wx - ux));
  const [s1, s2] = [side(px, py, qx, qy, ax, ay), side(px, py, qx, qy, bx, by)];
  const [s3, s4] = [side(ax, ay, bx, by, px, py), side(ax, ay, bx, by, qx, qy)];
  if (s1 !== s2 && s3 !== s4) return true;
  const within = (ux: number, uy: number, vx: number, vy: number, wx: number, wy: number): boolean =>
    Math.min(ux, vx) <= wx && wx <= Math.max(ux, vx) && Math.min(uy, vy) <= wy && wy <= Math.max(uy, vy);
  return (
    (s1 === 0 && within(px, py, qx, qy, ax, ay)) || (s2 === 0 && within(px, py, qx, qy, bx, by)) ||
    (s3 === 0 && within(ax, ay, bx, by, px, py)) || (s4 === 0 && within(ax, ay, bx, by, qx, qy))
  );
}

/** Whether a segment touches the area of rings: crosses a side, or lies inside. */
export function meets(rings: readonly Ring[], px: number, py: number, qx: number, qy: number): boolean {
  if (isInside(rings, px, py) || isInside(rings, qx, qy)) return true;
  for (const ring of rings) {
    for (let i = 2; i < ring.length; i += 2) {
      if (crosses(px, py, qx, qy, ring[i - 2] as number, ring[i - 1] as number, ring[i] as number, ring[i + 1] as number)) return true;
    }
  }
  return false;
}

/** A point inside: the centroid where that is inside, else the middle of the longest stretch at its height. */
export function pointInside(rings: readonly Ring[]): Point {
  const [x, y] = centroid(rings);
  if (isInside(rings, x, y)) return [x, y];
  const cuts: number[] = [];
  // A height through a vertex would count it twice.
  const height = y + 1e-4;
  for (const ring of rings) {
    for (let i = 2; i < ring.length; i += 2) {
      const [ax, ay, bx, by] = [ring[i - 2] as number, ring[i - 1] as number, ring[i] as number, ring[i + 1] as number];
      if (ay > height !== by > height) cuts.push(ax + ((height - ay) / (by - ay)) * (bx - ax));
    }
  }
  cuts.sort((a, b) => a - b);
  let [best, widest] = [x, 0];
  for (let i = 1; i < cuts.length; i += 2) {
    const [from, to] = [cuts[i - 1] as number, cuts[i] as number];
    if (to - from > widest) [best, widest] = [(from + to) / 2, to - from];
  }
  return [best, height];
}

function centroid(rings: readonly Ring[]): Point {
  let [area, sx, sy] = [0, 0, 0];
  // Relative to the first vertex: planar coordinates are millions of metres, areas a few thousand square metres.
  const [x0, y0] = [rings[0]?.[0] ?? 0, rings[0]?.[1] ?? 0];
  for (const ring of rings) {
    for (let i = 2; i < ring.length; i += 2) {
      const [ax, ay, bx, by] = [(ring[i - 2] as number) - x0, (ring[i - 1] as number) - y0, (ring[i] as number) - x0, (ring[i + 1] as number) - y0];
      const twice = ax * by - bx * ay;
      area += twice;
      sx += (ax + bx) * twice;
      sy += (ay + by) * twice;
    }
  }
  return area === 0 ? [x0, y0] : [x0 + sx / (3 * area), y0 + sy / (3 * area)];
}

/** Length of a line, metres. */
export function lineLength(line: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < line.length; i += 1) {
    const [a, b] = [line[i - 1] as Point, line[i] as Point];
    length += Math.hypot(b[0] - a[0], b[1] - a[1]);
  }
  return length;
}

/** Area inside a line closed to a ring, square metres. */
export function ringArea(line: readonly Point[]): number {
  const [x0, y0] = line[0] ?? [0, 0];
  let twice = 0;
  for (let i = 0; i < line.length; i += 1) {
    const [a, b] = [line[i] as Point, line[(i + 1) % line.length] as Point];
    twice += (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0);
  }
  return Math.abs(twice) / 2;
}
