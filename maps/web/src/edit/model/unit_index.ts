/** The page's index of units, kept in step with the plan as it is edited. */

import type { Bounds, LevelName, Unit } from "../../model/types";
import type { UnitIndex } from "../../model/units";
import { EMPTY_BOX, joined } from "./blocks";
import type { PlanModel } from "./plan_model";
import type { UnitRow } from "./types";

/** The index with some units replaced, added or left out. */
export function patched(index: UnitIndex, units: readonly Unit[], removed: readonly string[]): UnitIndex {
  const byId = new Map(index.byId);
  for (const id of removed) byId.delete(id);
  for (const unit of units) byId.set(unit.id, unit);
  const byLevel = new Map<LevelName, Unit[]>([...index.byLevel.keys()].map((level) => [level, []]));
  const childrenOf = new Map<string, Unit[]>();
  for (const unit of byId.values()) {
    byLevel.get(unit.level)?.push(unit);
    if (unit.parent === null) continue;
    const siblings = childrenOf.get(unit.parent);
    if (siblings === undefined) childrenOf.set(unit.parent, [unit]);
    else siblings.push(unit);
  }
  return { byId, byLevel, childrenOf };
}

/** A unit with what the model says of it; its polygon is the platform's and follows with the answer. */
export function liveUnit(model: PlanModel, id: string, known: Unit | undefined, colour: number): Unit | null {
  const row = model.row(id);
  if (row === null) return null;
  const figures = model.figures(id);
  const place = known ?? placeOf(model, id);
  return {
    ...place,
    ...figures,
    ...withoutParent(row),
    id,
    parent: row.parent_id,
    parent_id: row.parent_id,
    colour: known?.colour ?? colour,
    children: model.childrenOf(id).length,
    findings: model.findings(id),
  };
}

function withoutParent({ level, name, name_en, code, type, locked }: UnitRow): Omit<UnitRow, "parent_id"> {
  return { level, name, name_en, code, type, locked };
}

function placeOf(model: PlanModel, id: string): Pick<Unit, "polygons" | "bounds" | "labelPoint" | "labelRadius"> {
  const blocks = model.blocksOf(id);
  const bounds = blocks.reduce<Bounds>((box, block) => joined(box, model.blocks.box[block] ?? EMPTY_BOX), EMPTY_BOX);
  const largest = [...blocks].sort((a, b) => (model.blocks.area_m2[b] as number) - (model.blocks.area_m2[a] as number))[0];
  const at = largest === undefined ? ([bounds[0], bounds[1]] as const) : (model.blocks.point[largest] as readonly [number, number]);
  return { polygons: [], bounds, labelPoint: at, labelRadius: largest === undefined ? 0 : Math.sqrt(model.blocks.area_m2[largest] as number) / 2 };
}

/** A tint for a unit that no neighbour has; the page's tints are six. */
export function freeColour(taken: Iterable<number | null | undefined>, count = 6): number {
  const used = new Set(taken);
  for (let colour = 0; colour < count; colour += 1) if (!used.has(colour)) return colour;
  return 0;
}
