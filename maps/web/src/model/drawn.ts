/** A district small enough to draw by hand, for tests: four square cells of 100 m in two communities of one street. */

import { indexUnits, type UnitIndex } from "./units";
import type { FeatureCollection, Finding, LevelName, Position, UnitFeature, UnitProperties } from "./types";

export function square(x: number, y: number, width: number, height: number): readonly Position[][] {
  return [
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ],
  ];
}

export interface DrawnUnit {
  readonly id: number;
  readonly level: LevelName;
  readonly parent: number | null;
  readonly rings: readonly (readonly Position[])[];
  readonly name?: string;
  readonly code?: string | null;
  readonly residents?: number | null;
  readonly type?: string;
  readonly findings?: readonly Finding[];
}

export function drawnFeature(unit: DrawnUnit): UnitFeature {
  const properties: UnitProperties = {
    level: unit.level,
    code: unit.code === undefined ? String(unit.id) : unit.code,
    name: unit.name ?? `单元${unit.id}`,
    name_en: null,
    type: unit.type ?? "ordinary",
    parent_id: unit.parent,
    residents: unit.residents === undefined ? 1200 : unit.residents,
    floating: 300,
    households: 400,
    buildings: 20,
    blocks: 4,
    area_m2: 10_000,
    perimeter_m: 400,
    compactness: Math.PI / 4,
    clear_border_share: null,
    colour: 0,
    children: null,
    findings: unit.findings ?? [],
  };
  return { type: "Feature", id: unit.id, geometry: { type: "Polygon", coordinates: unit.rings }, properties };
}

export function drawnIndex(units: readonly DrawnUnit[]): UnitIndex {
  const collection: FeatureCollection<UnitFeature> = {
    type: "FeatureCollection",
    features: units.map(drawnFeature),
  };
  return indexUnits([collection]);
}

/** Street 1 with communities 11 (west) and 12 (east); cells 111, 112 (west) and 121, 122 (east), south first. */
export const FOUR_CELLS: readonly DrawnUnit[] = [
  { id: 1, level: "street", parent: null, rings: square(0, 0, 200, 200) },
  { id: 11, level: "community", parent: 1, rings: square(0, 0, 100, 200) },
  { id: 12, level: "community", parent: 1, rings: square(100, 0, 100, 200) },
  { id: 111, level: "cell", parent: 11, rings: square(0, 0, 100, 100) },
  { id: 112, level: "cell", parent: 11, rings: square(0, 100, 100, 100) },
  { id: 121, level: "cell", parent: 12, rings: square(100, 0, 100, 100) },
  { id: 122, level: "cell", parent: 12, rings: square(100, 100, 100, 100) },
];
