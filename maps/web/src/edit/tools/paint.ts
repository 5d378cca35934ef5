/** Strokes that give blocks to a unit: brush, rectangle, lasso, and the same for a new cell. */

import { batch } from "@preact/signals";
import * as state from "../../state/state";
import { foresee } from "../model/foresight";
import type { PlanModel } from "../model/plan_model";
import type { Point } from "../model/shapes";
import { boxed, lassoed, swept } from "../model/strokes";
import type { Operation } from "../model/types";
import { brush_px, clearForeseen, foreseen, model, onlyCommunity, onlyUnassigned, refused, target } from "../state/session";
import { inScope } from "../state/scope";
import { submit, submitNew } from "../state/sync";
import { EMPTY_SKETCH, sketch } from "./sketch";
import type { Tool, Touch } from "./tool";

export type Shape = "brush" | "rectangle" | "lasso";

interface Stroke {
  readonly start: Point;
  last: Point;
  readonly path: Point[];
  readonly blocks: Set<number>;
  readonly unit: string | null;
  readonly community: string | null;
}

/** @param fresh whether strokes make a new cell instead of widening the one selected */
export function paintTool(shape: Shape, fresh = false): Tool {
  let stroke: Stroke | null = null;
  const end = (): boolean => {
    const was = stroke !== null;
    stroke = null;
    batch(() => {
      sketch.value = null;
      clearForeseen();
    });
    return was;
  };
  return {
    cursor: "crosshair",
    press: "stroke",
    down: (touch) => {
      const plan = model.peek();
      const under = plan?.blocks.under(...touch.at) ?? -1;
      if (plan === null || (under < 0 && shape === "brush")) return false;
      if (touch.alt) return pick(plan, under);
      refused.value = null;
      stroke = begin(plan, touch, under, fresh);
      advance(plan, stroke, shape, touch, fresh);
      return true;
    },
    drag: (touch) => {
      const plan = model.peek();
      if (plan !== null && stroke !== null) advance(plan, stroke, shape, touch, fresh);
    },
    up: () => {
      const [done, shown] = [stroke, foreseen.peek()];
      end();
      if (done !== null && shown !== null) (fresh ? submitNew : submit)(shown.operation);
    },
    move: (touch) => showBrush(shape, touch),
    cancel: end,
    confirm: () => false,
    backward: () => false,
  };
}

function begin(plan: PlanModel, touch: Touch, under: number, fresh: boolean): Stroke {
  const own = under < 0 ? null : plan.unitOf(under);
  // Without a selection a stroke widens the unit it begins in.
  const unit = fresh ? null : (target.peek() ?? own);
  if (!fresh && target.peek() === null && own !== null) state.select(state.planUnits.peek().byId.get(own) ?? null);
  const community = plan.row(unit ?? own ?? "")?.parent_id ?? null;
  return { start: touch.at, last: touch.at, path: [touch.at], blocks: new Set(), unit, community };
}

function advance(plan: PlanModel, stroke: Stroke, shape: Shape, touch: Touch, fresh: boolean): void {
  const taken = takenBy(plan, stroke, shape, touch).filter((block) => isWanted(plan, block, stroke));
  if (shape === "brush") taken.forEach((block) => stroke.blocks.add(block));
  else {
    stroke.blocks.clear();
    taken.forEach((block) => stroke.blocks.add(block));
  }
  stroke.last = touch.at;
  const operation = operationOf(plan, stroke, fresh);
  const shown = operation === null ? null : foresee(plan, operation);
  batch(() => {
    foreseen.value = shown === null || "key" in shown ? null : shown;
    if (shown !== null && "key" in shown && shown.key !== "nothing-to-do") refused.value = shown;
    showStroke(stroke, shape, touch);
  });
}

function takenBy(plan: PlanModel, stroke: Stroke, shape: Shape, touch: Touch): number[] {
  if (shape === "rectangle") return boxed(plan.blocks, stroke.start, touch.at);
  if (shape === "lasso") {
    stroke.path.push(touch.at);
    return lassoed(plan.blocks, stroke.path);
  }
  return swept(plan.blocks, stroke.last, touch.at, brush_px.peek() * touch.resolution);
}

/** The filters, and my streets. */
function isWanted(plan: PlanModel, block: number, { community, unit }: Stroke): boolean {
  const own = plan.unitOf(block);
  if (own === null || own === unit) return false;
  const row = plan.row(own);
  if (onlyUnassigned.peek() && row?.type !== "unassigned") return false;
  if (onlyCommunity.peek() && row?.parent_id !== community) return false;
  return inScope(plan, block);
}

function operationOf(plan: PlanModel, { blocks, unit, community }: Stroke, fresh: boolean): Operation | null {
  const ids = [...blocks].map((block) => plan.blocks.id[block] as number);
  if (ids.length === 0) return null;
  if (!fresh) return unit === null ? null : { operation: "assign", arguments: { unit, blocks: ids } };
  const parent = community ?? plan.row(plan.unitOf([...blocks][0] as number) ?? "")?.parent_id ?? null;
  return { operation: "create", arguments: { level: plan.lowest, parent, blocks: ids } };
}

function showStroke(stroke: Stroke, shape: Shape, touch: Touch): void {
  const [[ax, ay], [bx, by]] = [stroke.start, touch.at];
  if (shape === "rectangle") sketch.value = { ...EMPTY_SKETCH, closed: true, line: [[ax, ay], [bx, ay], [bx, by], [ax, by]] };
  else if (shape === "lasso") sketch.value = { ...EMPTY_SKETCH, closed: true, line: [...stroke.path] };
  else showBrush(shape, touch);
}

function showBrush(shape: Shape, touch: Touch): void {
  const radius_px = brush_px.peek();
  const shown = shape === "brush" && radius_px > 0 && !touch.coarse ? { ...EMPTY_SKETCH, circle: { at: touch.at, radius_px } } : null;
  if (shown !== null || sketch.peek() !== null) sketch.value = shown;
}

/** Takes the unit under the pointer as the one to paint with. */
export function pick(plan: PlanModel, block: number): boolean {
  const id = block < 0 ? null : plan.unitOf(block);
  const unit = id === null ? undefined : state.planUnits.peek().byId.get(id);
  if (unit !== undefined) state.select(unit);
  return true;
}

