/** What only the platform can foresee: it is asked, and its answer shown until someone says yes or leaves. */

import { batch } from "@preact/signals";
import { Problem } from "../../state/client";
import * as state from "../../state/state";
import type { Foreseen, ForeseenUnit } from "../model/foresight";
import { rowOf } from "../model/ledger";
import type { PlanModel } from "../model/plan_model";
import type { UnitFinding } from "../model/rules";
import type { Figures } from "../model/tally";
import type { FindingOf, Operation, Result } from "../model/types";
import type { UnitFeature } from "../../model/types";
import { awaiting, foreseen, foreseenBlocks, model, refused } from "../state/session";
import { preview, sentence } from "../state/sync";
import { refusalOf } from "../state/words";

export async function askForLine(operation: Operation): Promise<void> {
  awaiting.value = true;
  try {
    const result = await state.during("preview", () => preview(operation));
    const plan = model.peek();
    if (plan === null || !awaiting.peek()) return;
    batch(() => {
      foreseen.value = readForeseen(plan, operation, result);
      foreseenBlocks.value = changedBlocks(plan, operation, result);
    });
  } catch (failure) {
    batch(() => {
      awaiting.value = false;
      refused.value = failure instanceof Problem ? refusalOf(failure, operation) : { key: "other" };
    });
    if (!(failure instanceof Problem) || failure.key === null) state.notify("error", sentence(failure));
  }
}

function readForeseen(plan: PlanModel, operation: Operation, result: Result): Foreseen {
  const blocks = new Map<number, string>();
  for (const [block, unit] of result.assignment) {
    const at = plan.blocks.at(block);
    if (at >= 0 && plan.blocks.alive[at] === 1 && plan.unitOf(at) !== String(unit)) blocks.set(at, String(unit));
  }
  const units = result.units.map((feature): ForeseenUnit => {
    const [id, row] = rowOf(feature);
    const of = (found: readonly FindingOf[]): UnitFinding[] =>
      found.filter(({ unit }) => String(unit) === id).map(({ rule, value, low, high }) => ({ rule, value: value ?? 0, low: low ?? -Infinity, high: high ?? Infinity }));
    return { id, row, before: plan.row(id) === null ? null : plan.figures(id), after: figuresOf(feature), broken: of(result.broken), mended: of(result.mended) };
  });
  return { operation, blocks, units, refusal: null };
}

/** Pieces of cut blocks: all of them for a cut, else those that go to another unit. */
function changedBlocks(plan: PlanModel, operation: Operation, result: Result): Result["blocks"] {
  const unitOf = new Map(result.assignment.map(([block, unit]) => [block, String(unit)]));
  const told = result.blocks.map((feature) => {
    const unit = unitOf.get(feature.id) ?? feature.properties.unit;
    return { ...feature, properties: { ...feature.properties, unit } };
  });
  if (operation.operation === "cut") {
    const whole = new Set(result.removed_blocks.map((id) => plan.blocks.key[plan.blocks.at(id)]));
    return told.filter(({ properties }) => !whole.has(properties.key));
  }
  return told.filter((feature) => {
    const [x, y] = [feature.geometry, feature.properties.unit];
    return x !== null && String(y) !== operation.arguments.unit && !sameUnitBefore(plan, feature, String(y));
  });
}

function sameUnitBefore(plan: PlanModel, feature: Result["blocks"][number], unit: string): boolean {
  const polygon = feature.geometry.type === "Polygon" ? feature.geometry.coordinates : (feature.geometry.coordinates[0] ?? []);
  const ring = polygon[0] ?? [];
  const middle = [0, 1].map((axis) => ring.slice(1).reduce((sum, position) => sum + (position[axis] ?? 0), 0) / Math.max(1, ring.length - 1));
  const under = plan.blocks.under(middle[0] ?? NaN, middle[1] ?? NaN);
  return under >= 0 && plan.unitOf(under) === unit;
}

function figuresOf({ properties }: UnitFeature): Figures {
  const { blocks, buildings, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share } = properties;
  return { blocks: blocks ?? 0, buildings: buildings ?? 0, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share };
}
