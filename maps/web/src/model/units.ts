/** Units of a plan as the page holds them: indexed by id, with children and label points. */

import { labelCircle } from "./label_point";
import type { Bounds, FeatureCollection, LevelName, Position, Unit, UnitFeature } from "./types";

export interface UnitIndex {
  readonly byId: ReadonlyMap<string, Unit>;
  readonly byLevel: ReadonlyMap<LevelName, readonly Unit[]>;
  readonly childrenOf: ReadonlyMap<string, readonly Unit[]>;
}

export const NO_UNITS: UnitIndex = { byId: new Map(), byLevel: new Map(), childrenOf: new Map() };

export function readUnit(feature: UnitFeature): Unit {
  const { geometry, properties } = feature;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const circle = labelCircle(polygons);
  return {
    ...properties,
    id: String(feature.id),
    parent: properties.parent_id === null ? null : String(properties.parent_id),
    polygons,
    bounds: boundsOf(polygons),
    labelPoint: [circle.x, circle.y],
    labelRadius: circle.radius,
  };
}

export function indexUnits(collections: readonly FeatureCollection<UnitFeature>[]): UnitIndex {
  const byId = new Map<string, Unit>();
  const byLevel = new Map<LevelName, Unit[]>();
  const childrenOf = new Map<string, Unit[]>();
  for (const feature of collections.flatMap((collection) => collection.features)) {
    const unit = readUnit(feature);
    byId.set(unit.id, unit);
    push(byLevel, unit.level, unit);
    if (unit.parent !== null) push(childrenOf, unit.parent, unit);
  }
  return { byId, byLevel, childrenOf };
}

/** The unit's parents, nearest first. */
export function ancestors(index: UnitIndex, unit: Unit): Unit[] {
  const chain: Unit[] = [];
  let parent = unit.parent === null ? undefined : index.byId.get(unit.parent);
  while (parent !== undefined && !chain.includes(parent)) {
    chain.push(parent);
    parent = parent.parent === null ? undefined : index.byId.get(parent.parent);
  }
  return chain;
}

/** The sum of a count, or null when any part of it is unknown: an unknown is not a zero. */
export function total(units: Iterable<Unit>, value: (unit: Unit) => number | null): number | null {
  let sum = 0;
  for (const unit of units) {
    const part = value(unit);
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

export function boundsOf(polygons: readonly (readonly (readonly Position[])[])[]): Bounds {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of eachOuterPosition(polygons)) {
    minx = Math.min(minx, x);
    miny = Math.min(miny, y);
    maxx = Math.max(maxx, x);
    maxy = Math.max(maxy, y);
  }
  return [minx, miny, maxx, maxy];
}

function* eachOuterPosition(polygons: readonly (readonly (readonly Position[])[])[]): Generator<[number, number]> {
  for (const rings of polygons) {
    for (const position of rings[0] ?? []) yield [position[0] ?? NaN, position[1] ?? NaN];
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
