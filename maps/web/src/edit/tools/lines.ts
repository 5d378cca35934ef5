/** Tools that draw a line: cut, split, reshape, measure. Points snap to borders, roads and water; a click sets one. */

import { batch, signal } from "@preact/signals";
import * as state from "../../state/state";
import type { Point } from "../model/shapes";
import type { Snap } from "../model/snapping";
import type { Operation } from "../model/types";
import { clearForeseen, awaiting, refused, target } from "../state/session";
import { submit } from "../state/sync";
import { askForLine } from "./asked";
import { EMPTY_SKETCH, sketch } from "./sketch";
import { snapped } from "./snap_source";
import type { Tool, Touch } from "./tool";

export type LineUse = "cut" | "split" | "reshape" | "measure";

const SNAP_PX = 9;
const SNAP_COARSE_PX = 18;
/** A second click at the same place ends the line. */
const SAME_PX = 6;

/** What is measured, for the figure beside the tools. */
export const measured = signal<readonly Point[]>([]);
/** The line in hand; the button that ends it is for fingers. */
export const drawing = signal<readonly Point[]>([]);
let operation: Operation | null = null;

export function lineTool(use: LineUse): Tool {
  const leave = (): boolean => {
    const was = drawing.peek().length > 0 || awaiting.peek() || measured.peek().length > 0;
    operation = null;
    batch(() => {
      drawing.value = [];
      measured.value = [];
      sketch.value = null;
      clearForeseen();
    });
    return was;
  };
  const finish = (): boolean => {
    if (awaiting.peek()) {
      const ready = operation;
      leave();
      if (ready !== null) submit(ready);
      return true;
    }
    const line = drawing.peek();
    if (use === "measure" || line.length < 2) return false;
    operation = operationOf(use, line);
    void askForLine(operation);
    return true;
  };
  return {
    cursor: "crosshair",
    down: (touch) => {
      if (awaiting.peek()) return false;
      refused.value = null;
      const snap = snapNear(touch);
      const at = snap?.at ?? touch.at;
      const line = drawing.peek();
      const last = line[line.length - 1];
      if (last !== undefined && Math.hypot(at[0] - last[0], at[1] - last[1]) < SAME_PX * touch.resolution) finish();
      else add(use, [...line, at], snap);
      return true;
    },
    drag: () => undefined,
    up: () => undefined,
    move: (touch) => {
      if (awaiting.peek() || touch.coarse) return;
      const snap = snapNear(touch);
      const line = drawing.peek();
      sketch.value = { ...EMPTY_SKETCH, line: line.length === 0 ? [] : [...line, snap?.at ?? touch.at], corners: line, snap };
      if (use === "measure") measured.value = line.length === 0 ? [] : [...line, snap?.at ?? touch.at];
    },
    cancel: leave,
    confirm: finish,
  };
}

/** Takes the last point of the line back. */
export function takeBackPoint(): void {
  const line = drawing.peek().slice(0, -1);
  drawing.value = line;
  sketch.value = { ...EMPTY_SKETCH, line, corners: line };
}

function add(use: LineUse, line: readonly Point[], snap: Snap | null): void {
  batch(() => {
    drawing.value = line;
    if (use === "measure") measured.value = line;
    sketch.value = { ...EMPTY_SKETCH, line, corners: line, snap };
  });
}

function operationOf(use: Exclude<LineUse, "measure">, line: readonly Point[]): Operation {
  const rounded = line.map(([x, y]): Point => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]);
  if (use === "cut") return { operation: "cut", arguments: { line: rounded } };
  return { operation: use, arguments: { unit: target.peek() ?? "", line: rounded } };
}

function snapNear(touch: Touch): Snap | null {
  return snapped(touch.at, (touch.coarse ? SNAP_COARSE_PX : SNAP_PX) * touch.resolution, state.hidden.peek());
}
