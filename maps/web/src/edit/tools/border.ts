/** Drags a border: blocks it sweeps go to the unit on its other side, as long as the button is down. */

import { batch } from "@preact/signals";
import { foresee } from "../model/foresight";
import type { PlanModel } from "../model/plan_model";
import { distance2, type Point } from "../model/shapes";
import { swept } from "../model/strokes";
import { clearForeseen, foreseen, model, refused } from "../state/session";
import { inScope } from "../state/scope";
import { submit } from "../state/sync";
import { EMPTY_SKETCH, sketch } from "./sketch";
import type { Tool, Touch } from "./tool";

const REACH_PX = 12;
const REACH_COARSE_PX = 24;
/** How far the pointer goes before it is clear which way the border is dragged. */
const DECIDED_PX = 5;

interface Border {
  readonly sides: readonly [string, string];
  readonly line: readonly [Point, Point];
}

interface Drag {
  readonly border: Border;
  readonly start: Point;
  last: Point;
  /** The unit that gives blocks and the one that takes them, once that is clear. */
  between: readonly [string, string] | null;
  readonly blocks: Set<number>;
}

export function borderTool(): Tool {
  let drag: Drag | null = null;
  const end = (): boolean => {
    const was = drag !== null;
    drag = null;
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
      const border = plan === null ? null : borderNear(plan, touch);
      if (border === null) return false;
      refused.value = null;
      drag = { border, start: touch.at, last: touch.at, between: null, blocks: new Set() };
      return true;
    },
    drag: (touch) => {
      const plan = model.peek();
      if (plan !== null && drag !== null) sweep(plan, drag, touch);
    },
    up: () => {
      const shown = foreseen.peek();
      end();
      if (shown !== null) submit(shown.operation);
    },
    move: (touch) => {
      const plan = model.peek();
      const border = plan === null || drag !== null ? null : borderNear(plan, touch);
      if (border !== null) sketch.value = { ...EMPTY_SKETCH, line: border.line };
      else if (sketch.peek() !== null && drag === null) sketch.value = null;
    },
    cancel: end,
    confirm: () => false,
    backward: () => false,
  };
}

function sweep(plan: PlanModel, drag: Drag, touch: Touch): void {
  drag.between ??= direction(plan, drag, touch);
  if (drag.between === null) return;
  const [giving, taking] = drag.between;
  for (const block of swept(plan.blocks, drag.last, touch.at, 0)) if (plan.unitOf(block) === giving && inScope(plan, block)) drag.blocks.add(block);
  drag.last = touch.at;
  const ids = [...drag.blocks].map((block) => plan.blocks.id[block] as number);
  const shown = ids.length === 0 ? null : foresee(plan, { operation: "assign", arguments: { unit: taking, blocks: ids } });
  foreseen.value = shown === null || "key" in shown ? null : shown;
}

/** The side the pointer goes to gives its blocks; null until it has gone far enough. */
function direction(plan: PlanModel, { border, start }: Drag, touch: Touch): readonly [string, string] | null {
  const [dx, dy] = [touch.at[0] - start[0], touch.at[1] - start[1]];
  const gone = Math.hypot(dx, dy);
  if (gone < DECIDED_PX * touch.resolution) return null;
  // A little beyond the border in the direction of the drag stands the unit that is dragged into.
  const reach = REACH_COARSE_PX * touch.resolution;
  for (const far of [gone, gone + reach / 2, gone + reach]) {
    const beyond = plan.blocks.under(start[0] + (dx / gone) * far, start[1] + (dy / gone) * far);
    const unit = beyond < 0 ? null : plan.unitOf(beyond);
    if (unit === border.sides[0] || unit === border.sides[1]) return unit === border.sides[0] ? [unit, border.sides[1]] : [unit, border.sides[0]];
  }
  return null;
}

/** The nearest side of a block between two units of the lowest level. */
function borderNear(plan: PlanModel, { at: [x, y], resolution, coarse }: Touch): Border | null {
  const reach = (coarse ? REACH_COARSE_PX : REACH_PX) * resolution;
  const { segments } = plan.blocks;
  let [best, least]: [Border | null, number] = [null, reach * reach];
  for (const block of plan.blocks.within([x - reach, y - reach, x + reach, y + reach])) {
    for (const segment of segments.of(block)) {
      const [a, b] = [segments.sides[2 * segment] as number, segments.sides[2 * segment + 1] as number];
      if (a < 0 || b < 0 || plan.unitAt(a) === plan.unitAt(b)) continue;
      const [ax, ay, bx, by] = segments.ends.subarray(4 * segment, 4 * segment + 4) as unknown as readonly [number, number, number, number];
      const distance = distance2(x, y, ax, ay, bx, by);
      const sides = [plan.unitOf(a), plan.unitOf(b)] as const;
      if (distance > least || sides[0] === null || sides[1] === null) continue;
      [best, least] = [{ sides: [sides[0], sides[1]], line: [[ax, ay], [bx, by]] }, distance];
    }
  }
  return best;
}
