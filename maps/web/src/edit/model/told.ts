/** What the platform says an operation would do, in the form of what the page foresees itself. */

import type { UnitFeature } from "../../model/types";
import { ringsOf } from "./blocks";
import type { Foreseen, ForeseenUnit, Piece } from "./foresight";
import { rowOf } from "./ledger";
import type { PlanModel } from "./plan_model";
import type { UnitFinding } from "./rules";
import { pointInside } from "./shapes";
import type { Figures } from "./tally";
import type { FindingOf, Operation, Result } from "./types";

const COUNTED = ["blocks", "buildings", "residents", "floating", "households"] as const;
/** Noding moves borders by less than a millimetre. */
const SAME_M2 = 1;

export function told(plan: PlanModel, operation: Operation, result: Result): Foreseen {
  const blocks = new Map<number, string>();
  for (const [id, unit] of result.assignment) {
    const block = plan.blocks.at(id);
    if (block >= 0 && plan.blocks.alive[block] === 1 && plan.unitOf(block) !== String(unit)) blocks.set(block, String(unit));
  }
  const units = [...result.units.map((feature) => unitOf(plan, feature, result)).filter(isOther), ...result.removed_units.flatMap((id) => goingUnit(plan, String(id)))];
  return { operation, blocks, pieces: piecesOf(plan, operation, result), units, refusal: null };
}

/** Of a cut all pieces, since their units stay; else those that change units. */
function piecesOf(plan: PlanModel, { operation }: Operation, result: Result): Piece[] {
  return piecesMade(plan, result).filter(({ cut, moves }) => (operation === "cut" ? cut : moves));
}

interface PieceMade extends Piece {
  /** Whether its block was cut into several; a neighbour of a cut that just got a node was not. */
  readonly cut: boolean;
  /** Whether it comes to another unit than its block is in. */
  readonly moves: boolean;
}

/** New versions of blocks, beside the blocks they are made of; the plan does not have them yet. */
export function piecesMade(plan: PlanModel, result: Result): PieceMade[] {
  const assigned = new Map(result.assignment.map(([block, unit]) => [block, String(unit)]));
  const made = result.blocks.map((feature) => {
    const rings = ringsOf(feature);
    // A piece lies in the block it is cut from.
    return { rings, unit: assigned.get(feature.id) ?? String(feature.properties.unit), from: plan.blocks.under(...pointInside(rings)) };
  });
  const count = new Map<number, number>();
  for (const { from } of made) count.set(from, (count.get(from) ?? 0) + 1);
  return made.map(({ rings, unit, from }) => ({ rings, unit, cut: (count.get(from) ?? 0) > 1, moves: from < 0 || plan.unitOf(from) !== unit }));
}

function unitOf(plan: PlanModel, feature: UnitFeature, { broken, mended }: Result): ForeseenUnit {
  const [id, row] = rowOf(feature);
  const of = (found: readonly FindingOf[]): UnitFinding[] =>
    found.filter(({ unit }) => String(unit) === id).map(({ rule, value, low, high }) => ({ rule, value: value ?? 0, low: low ?? -Infinity, high: high ?? Infinity }));
  return { id, row, before: plan.row(id) === null ? null : plan.figures(id), after: figuresOf(feature), broken: of(broken), mended: of(mended) };
}

function goingUnit(plan: PlanModel, id: string): ForeseenUnit[] {
  const row = plan.row(id);
  return row === null ? [] : [{ id, row, before: plan.figures(id), after: null, broken: [], mended: plan.findings(id) }];
}

/** Units beside a line that just got a node stand in the answer too; nothing that is shown of them changes. */
function isOther({ before, after }: ForeseenUnit): boolean {
  if (before === null || after === null) return true;
  return COUNTED.some((name) => before[name] !== after[name]) || Math.abs(before.area_m2 - after.area_m2) >= SAME_M2;
}

function figuresOf({ properties }: UnitFeature): Figures {
  const { blocks, buildings, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share } = properties;
  return { blocks: blocks ?? 0, buildings: buildings ?? 0, residents, floating, households, area_m2, perimeter_m, compactness, clear_border_share };
}
