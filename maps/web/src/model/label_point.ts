/**
 * Where a unit's label stands: the pole of inaccessibility, the point furthest from the border.
 *
 * Quadtree search after Agafonkin, "A new algorithm for finding a visual center of a polygon" (Mapbox, 2016).
 */

import type { Bounds, Position } from "./types";

export interface Circle {
  readonly x: number;
  readonly y: number;
  /** Metres to the nearest border. */
  readonly radius: number;
}

interface Square extends Circle {
  readonly half: number;
  /** The most that any point of the square can have. */
  readonly most: number;
}

type Rings = readonly (readonly Position[])[];

/** The largest circle inside the largest polygon, to within a fiftieth of the polygon's shorter side. */
export function labelCircle(polygons: readonly Rings[]): Circle {
  let rings: Rings = [];
  let largest = -1;
  for (const candidate of polygons) {
    const area = Math.abs(ringArea(candidate[0] ?? []));
    if (area > largest) [largest, rings] = [area, candidate];
  }
  const flat = rings.map(flatten);
  const outer = flat[0];
  if (outer === undefined || outer.length < 6) return { x: NaN, y: NaN, radius: 0 };
  return search(flat, outer);
}

function search(rings: readonly Float64Array[], outer: Float64Array): Circle {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < outer.length; i += 2) {
    minx = Math.min(minx, outer[i] ?? minx);
    maxx = Math.max(maxx, outer[i] ?? maxx);
    miny = Math.min(miny, outer[i + 1] ?? miny);
    maxy = Math.max(maxy, outer[i + 1] ?? maxy);
  }
  const side = Math.min(maxx - minx, maxy - miny);
  if (!(side > 0)) return { x: minx, y: miny, radius: 0 };
  const precision = side / 50;
  const queue: Square[] = [];
  for (let x = minx; x < maxx; x += side) {
    for (let y = miny; y < maxy; y += side) queue.push(square(x + side / 2, y + side / 2, side / 2, rings));
  }
  let best: Circle = square((minx + maxx) / 2, (miny + maxy) / 2, 0, rings);
  while (queue.length > 0) {
    const next = takeMost(queue);
    if (next.radius > best.radius) best = next;
    if (next.most - best.radius <= precision) continue;
    const half = next.half / 2;
    for (const dx of [-half, half]) {
      for (const dy of [-half, half]) queue.push(square(next.x + dx, next.y + dy, half, rings));
    }
  }
  return { x: best.x, y: best.y, radius: best.radius };
}

/** The queue stays below a few dozen squares, so a scan is cheaper than a heap. */
function takeMost(queue: Square[]): Square {
  let at = 0;
  for (let i = 1; i < queue.length; i += 1) {
    if ((queue[i]?.most ?? 0) > (queue[at]?.most ?? 0)) at = i;
  }
  const [taken] = queue.splice(at, 1);
  if (taken === undefined) throw new RangeError("the queue of squares is empty");
  return taken;
}

function square(x: number, y: number, half: number, rings: readonly Float64Array[]): Square {
  const radius = signedDistance(x, y, rings);
  return { x, y, half, radius, most: radius + half * Math.SQRT2 };
}

/** Metres to the nearest border: positive inside, negative outside. */
function signedDistance(x: number, y: number, rings: readonly Float64Array[]): number {
  let inside = false;
  let nearest = Infinity;
  for (const ring of rings) {
    const n = ring.length;
    for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
      const ax = ring[i] as number;
      const ay = ring[i + 1] as number;
      const bx = ring[j] as number;
      const by = ring[j + 1] as number;
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      nearest = Math.min(nearest, squaredToSegment(x, y, ax, ay, bx, by));
    }
  }
  return (inside ? 1 : -1) * Math.sqrt(nearest);
}

function squaredToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return (ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2;
}

/**
 * The part of a polygon inside a box, ring by ring (Sutherland and Hodgman, 1974). Where a concave ring leaves the box
 * and comes back, its pieces hang together along the box's edge: good enough to place a label, not to measure.
 */
export function clipped(rings: Rings, [minx, miny, maxx, maxy]: Bounds): Rings {
  const sides: readonly (readonly [0 | 1, number, 1 | -1])[] = [
    [0, minx, 1],
    [0, maxx, -1],
    [1, miny, 1],
    [1, maxy, -1],
  ];
  return rings.map((ring) => sides.reduce<readonly Position[]>(cut, ring)).filter((ring) => ring.length > 3);
}

function cut(ring: readonly Position[], [axis, limit, sign]: readonly [0 | 1, number, 1 | -1]): Position[] {
  const kept: Position[] = [];
  const depth = (position: Position): number => sign * ((position[axis] ?? NaN) - limit);
  for (let i = 1; i < ring.length; i += 1) {
    const [from, to] = [ring[i - 1] ?? [], ring[i] ?? []];
    const [before, after] = [depth(from), depth(to)];
    if (before < 0 !== after < 0) {
      const share = before / (before - after);
      kept.push([0, 1].map((k) => (from[k] ?? NaN) + share * ((to[k] ?? NaN) - (from[k] ?? NaN))));
    }
    if (after >= 0) kept.push(to);
  }
  const first = kept[0];
  return first === undefined ? [] : [...kept, first];
}

/** Signed area in square metres, positive anticlockwise. */
export function ringArea(ring: readonly Position[]): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    twice += (ring[j]?.[0] ?? 0) * (ring[i]?.[1] ?? 0) - (ring[i]?.[0] ?? 0) * (ring[j]?.[1] ?? 0);
  }
  return twice / 2;
}

function flatten(ring: readonly Position[]): Float64Array {
  const flat = new Float64Array(ring.length * 2);
  ring.forEach((position, i) => {
    flat[2 * i] = position[0] ?? NaN;
    flat[2 * i + 1] = position[1] ?? NaN;
  });
  return flat;
}
