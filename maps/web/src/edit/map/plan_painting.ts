/** How the plan under edit is painted: fills by unit with hatches of findings, then borders at their strongest level. */

import { signOf } from "../../model/bands";
import { denominator } from "../../model/scale";
import type { LevelName, Unit } from "../../model/types";
import * as palette from "../../map/palette";
import { pattern, type PatternName } from "../../map/patterns";
import { borderStyle } from "../../map/unit_styles";
import type { BorderLevel } from "../../model/borders";
import * as state from "../../state/state";
import type { Ring } from "../model/shapes";
import { NONE } from "../model/segments";
import { NOWHERE, type PlanModel } from "../model/plan_model";
import { inScope } from "../state/scope";
import { model } from "../state/session";
import type { Pen } from "./cached_layer";

/** The coarsest denominator at which the outlines of blocks are drawn. */
const BLOCKS_FROM = 14_000;
const BLOCK_LINE = "rgba(60,72,82,0.28)";

export function paintFills(pen: Pen): void {
  const plan = model.peek();
  if (plan === null) return;
  const looks = looksOf(plan);
  const tints = new Map<string, Path2D>();
  const hatches = new Map<PatternName, Path2D>();
  const column = plan.column(plan.lowest);
  for (const block of plan.blocks.within(pen.box)) {
    const look = inScope(plan, block) ? looks[column[block] as number] : OUT_OF_SCOPE;
    if (look === undefined) continue;
    trace(pathOf(tints, look.tint), plan.blocks.rings[block] ?? [], pen);
    if (look.hatch !== null) trace(pathOf(hatches, look.hatch), plan.blocks.rings[block] ?? [], pen);
  }
  for (const [tint, path] of tints) {
    pen.context.fillStyle = tint;
    pen.context.fill(path, "evenodd");
  }
  // Close up, where one draws, the hatch steps back; the sign and the figure stay on the label.
  if (denominator(pen.resolution) <= BLOCKS_FROM) pen.context.globalAlpha = 0.4;
  for (const [name, path] of hatches) {
    pen.context.fillStyle = pattern(name, pen.ratio);
    pen.context.fill(path, "evenodd");
  }
  pen.context.globalAlpha = 1;
}

interface UnitLook {
  readonly tint: string;
  readonly hatch: PatternName | null;
}

/** Streets that are not mine recede when only mine are wanted. */
const OUT_OF_SCOPE: UnitLook = { tint: palette.OUTSIDE, hatch: null };

function looksOf(plan: PlanModel): (UnitLook | undefined)[] {
  const looks: (UnitLook | undefined)[] = [];
  for (const unit of state.planUnits.peek().byLevel.get(plan.lowest) ?? []) {
    const at = plan.at(unit.id);
    if (at !== NOWHERE) looks[at] = lookOf(unit);
  }
  return looks;
}

function lookOf(unit: Unit): UnitLook {
  const tint = unit.type === "unassigned" ? palette.PAPER : (palette.TINTS[(unit.colour ?? 0) % palette.TINTS.length] ?? palette.GROUND);
  const hatch = unit.type === "unassigned" ? "none" : (signOf(unit) ?? (unit.type === "exclusive" ? "exclusive" : null));
  return { tint, hatch };
}

function pathOf<K>(paths: Map<K, Path2D>, key: K): Path2D {
  let path = paths.get(key);
  if (path === undefined) {
    path = new Path2D();
    paths.set(key, path);
  }
  return path;
}

/** Adds rings to a path, in pixels. */
export function trace(path: Path2D | CanvasRenderingContext2D, rings: readonly Ring[], { x, y }: Pick<Pen, "x" | "y">): void {
  for (const ring of rings) {
    path.moveTo(x(ring[0] as number), y(ring[1] as number));
    for (let i = 2; i < ring.length; i += 2) path.lineTo(x(ring[i] as number), y(ring[i + 1] as number));
    path.closePath();
  }
}

export function paintBorders(pen: Pen): void {
  const plan = model.peek();
  if (plan === null) return;
  const lines = new Map<BorderLevel | "block", Path2D>();
  const blocksToo = denominator(pen.resolution) <= BLOCKS_FROM;
  const { segments } = plan.blocks;
  const columns = plan.levels.map((level) => plan.column(level));
  for (const block of plan.blocks.within(pen.box)) {
    for (const segment of segments.of(block)) {
      const [a, b] = [segments.sides[2 * segment] as number, segments.sides[2 * segment + 1] as number];
      // Either block would draw it.
      if (a !== NONE && b !== NONE && b === block) continue;
      const level = a === NONE || b === NONE ? "district" : levelBetween(plan.levels, columns, a, b);
      if (level === null && !blocksToo) continue;
      const path = pathOf(lines, level ?? "block");
      path.moveTo(pen.x(segments.ends[4 * segment] as number), pen.y(segments.ends[4 * segment + 1] as number));
      path.lineTo(pen.x(segments.ends[4 * segment + 2] as number), pen.y(segments.ends[4 * segment + 3] as number));
    }
  }
  strokeAll(pen, lines);
}

const ORDER: readonly (BorderLevel | "block")[] = ["block", "cell", "community", "street", "district"];

function strokeAll({ context, resolution, ratio }: Pen, lines: ReadonlyMap<BorderLevel | "block", Path2D>): void {
  context.lineCap = context.lineJoin = "round";
  for (const level of ORDER) {
    const path = lines.get(level);
    if (path === undefined) continue;
    const stroke = level === "block" ? null : borderStyle(level, state.level.peek(), resolution)?.getStroke();
    if (level !== "block" && stroke === undefined) continue;
    context.strokeStyle = level === "block" ? BLOCK_LINE : String(stroke?.getColor() ?? palette.BORDER);
    context.lineWidth = (level === "block" ? 0.8 : (stroke?.getWidth() ?? 1)) * ratio;
    context.stroke(path);
  }
}

/** The coarsest level at which two blocks are in different units, or null where they are in one. */
function levelBetween(levels: readonly LevelName[], columns: readonly Int32Array[], a: number, b: number): LevelName | null {
  for (let depth = 0; depth < columns.length; depth += 1) {
    if (columns[depth]?.[a] !== columns[depth]?.[b]) return levels[depth] ?? null;
  }
  return null;
}
