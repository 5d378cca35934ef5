/**
 * Borders between units, each drawn once at its strongest level.
 *
 * A plan's lowest level is a coverage with shared vertices, so each segment has a unit on either side (or none
 * outside the district). Where the two sides differ at the street, it is a street's border, and so on down. No
 * coordinates of different levels are compared.
 */

import type { Position, Unit } from "./types";
import { ancestors, type UnitIndex } from "./units";

export type BorderLevel = "district" | "street" | "community" | "cell";

export type Line = readonly (readonly [number, number])[];

interface Segment {
  readonly a: string;
  readonly b: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly left: Unit;
  right: Unit | null;
}

/** Lines by level. `lowest` are the units of the plan's finest level; `index` knows their parents. */
export function borders(lowest: readonly Unit[], index: UnitIndex): ReadonlyMap<BorderLevel, readonly Line[]> {
  const chains = new Map<string, readonly string[]>();
  for (const unit of lowest) {
    chains.set(unit.id, [...ancestors(index, unit)].reverse().concat(unit).map((one) => one.id));
  }
  const byLevel = new Map<BorderLevel, Segment[]>();
  for (const segment of segments(lowest)) {
    const level = strongest(segment, chains, index);
    const list = byLevel.get(level);
    if (list === undefined) byLevel.set(level, [segment]);
    else list.push(segment);
  }
  return new Map([...byLevel].map(([level, parts]) => [level, join(parts)]));
}

function strongest(segment: Segment, chains: ReadonlyMap<string, readonly string[]>, index: UnitIndex): BorderLevel {
  if (segment.right === null) return "district";
  const left = chains.get(segment.left.id) ?? [];
  const right = chains.get(segment.right.id) ?? [];
  const differ = left.findIndex((id, depth) => id !== right[depth]);
  return index.byId.get(left[differ] ?? "")?.level ?? segment.left.level;
}

function segments(units: readonly Unit[]): Segment[] {
  const found = new Map<string, Segment>();
  for (const unit of units) {
    for (const ring of unit.polygons.flat()) {
      for (let i = 1; i < ring.length; i += 1) {
        const from = point(ring[i - 1]);
        const to = point(ring[i]);
        const [a, b] = [key(from), key(to)];
        if (a === b) continue;
        const id = a < b ? `${a} ${b}` : `${b} ${a}`;
        const known = found.get(id);
        if (known === undefined) found.set(id, { a, b, from, to, left: unit, right: null });
        else known.right = unit;
      }
    }
  }
  // A segment with the same unit on both sides is a slit in a polygon, no border.
  return [...found.values()].filter((segment) => segment.left !== segment.right);
}

/** Chains segments into lines that end only where borders of this level meet or stop. */
function join(parts: readonly Segment[]): Line[] {
  const at = new Map<string, Segment[]>();
  for (const part of parts) {
    for (const node of [part.a, part.b]) {
      const list = at.get(node);
      if (list === undefined) at.set(node, [part]);
      else list.push(part);
    }
  }
  const used = new Set<Segment>();
  const lines: Line[] = [];
  const start = (part: Segment, node: string): void => {
    if (!used.has(part)) lines.push(walk(part, node, at, used));
  };
  for (const [node, meeting] of at) {
    if (meeting.length !== 2) meeting.forEach((part) => start(part, node));
  }
  // What is left are closed rings without a junction.
  parts.forEach((part) => start(part, part.a));
  return lines;
}

function walk(first: Segment, from: string, at: ReadonlyMap<string, readonly Segment[]>, used: Set<Segment>): Line {
  const line: (readonly [number, number])[] = [first.a === from ? first.from : first.to];
  let [part, node]: [Segment | undefined, string] = [first, from];
  while (part !== undefined && !used.has(part)) {
    used.add(part);
    const forward = part.a === node;
    line.push(forward ? part.to : part.from);
    node = forward ? part.b : part.a;
    const meeting: readonly Segment[] = at.get(node) ?? [];
    part = meeting.length === 2 ? meeting.find((other) => !used.has(other)) : undefined;
  }
  return line;
}

function point(position: Position | undefined): readonly [number, number] {
  return [position?.[0] ?? NaN, position?.[1] ?? NaN];
}

/** Coordinates stand on a 1 mm grid. */
function key([x, y]: readonly [number, number]): string {
  return `${Math.round(x * 1000)},${Math.round(y * 1000)}`;
}
