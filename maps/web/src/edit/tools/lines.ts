/** Tools that draw a line: cut, split, reshape, measure. Points snap to borders, roads and water; a click sets one. */

import { batch, signal } from "@preact/signals";
import * as state from "../../state/state";
import type { Point } from "../model/shapes";
import type { Snap } from "../model/snapping";
import type { Operation } from "../model/types";
import { awaiting, clearForeseen, foreseen, refused, target, unseen } from "../state/session";
import { submit } from "../state/sync";
import { askAtEnd, askAtRest, forget } from "./asked";
import { EMPTY_SKETCH, sketch } from "./sketch";
import { snapped } from "./snap_source";
import type { Tool, Touch } from "./tool";

export type LineUse = "cut" | "split" | "reshape" | "measure";

const SNAP_PX = 9;
const SNAP_COARSE_PX = 18;
/** A second click at the same place ends the line. */
const SAME_PX = 6;
const STILL_PX = 3;

/** What is measured, for the figure beside the tools. */
export const measured = signal<readonly Point[]>([]);
/** The line in hand; the button that ends it is for fingers. */
export const drawing = signal<readonly Point[]>([]);
/** Where the pointer rested last: a hand that trembles does not ask again. */
let rested: Point | null = null;
let operation: Operation | null = null;

export function lineTool(use: LineUse): Tool {
  const leave = (): boolean => {
    const was = drawing.peek().length > 0 || awaiting.peek() || measured.peek().length > 0;
    operation = null;
    batch(() => {
      drawing.value = [];
      measured.value = [];
      sketch.value = null;
      forget();
      clearForeseen();
    });
    return was;
  };
  return {
    cursor: "crosshair",
    press: "point",
    down: (touch) => {
      if (awaiting.peek()) return false;
      refused.value = null;
      const snap = snapNear(touch);
      const at = snap?.at ?? touch.at;
      const line = drawing.peek();
      if (isLast(line, at, touch)) finish(use, leave);
      else {
        add(use, [...line, at], snap);
        askAtRest(operationOf(use, [...line, at]));
      }
      return true;
    },
    drag: () => undefined,
    up: () => undefined,
    move: (touch) => {
      if (awaiting.peek() || touch.coarse) return;
      const snap = snapNear(touch);
      const at = snap?.at ?? touch.at;
      const line = drawing.peek();
      sketch.value = { ...EMPTY_SKETCH, line: line.length === 0 ? [] : [...line, at], corners: line, snap };
      if (use === "measure") measured.value = line.length === 0 ? [] : [...line, at];
      else if (line.length > 0) foreseeTo(use, line, at, touch);
    },
    cancel: leave,
    confirm: () => finish(use, leave),
    backward: () => takeBackPoint(use),
  };
}

/** Ends the line, or does what the ended line would do once that is known. */
function finish(use: LineUse, leave: () => boolean): boolean {
  if (awaiting.peek()) {
    const ready = operation;
    if (foreseen.peek() === null && !unseen.peek()) return true;
    leave();
    if (ready !== null) submit(ready);
    return true;
  }
  const line = drawing.peek();
  if (use === "measure" || line.length < 2) return false;
  operation = operationOf(use, line);
  if (operation === null) refused.value = { key: "unknown-unit" };
  else askAtEnd(operation);
  return true;
}

/** Takes the last point of the line back. */
function takeBackPoint(use: LineUse): boolean {
  const line = drawing.peek().slice(0, -1);
  if (drawing.peek().length === 0 || awaiting.peek()) return false;
  add(use, line, null);
  askAtRest(operationOf(use, line));
  return true;
}

function foreseeTo(use: LineUse, line: readonly Point[], at: Point, touch: Touch): void {
  if (isLast(line, at, touch)) askAtRest(operationOf(use, line));
  else {
    if (rested === null || distance(rested, at) > STILL_PX * touch.resolution) rested = at;
    askAtRest(operationOf(use, [...line, rested]));
  }
}

function isLast(line: readonly Point[], at: Point, { resolution }: Touch): boolean {
  const last = line[line.length - 1];
  return last !== undefined && distance(last, at) < SAME_PX * resolution;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function add(use: LineUse, line: readonly Point[], snap: Snap | null): void {
  batch(() => {
    drawing.value = line;
    if (use === "measure") measured.value = line;
    sketch.value = { ...EMPTY_SKETCH, line, corners: line, snap };
  });
}

/** Null while there is no line, or no unit that it is about. */
function operationOf(use: LineUse, line: readonly Point[]): Operation | null {
  const unit = target.peek();
  if (use === "measure" || line.length < 2 || (unit === null && use !== "cut")) return null;
  const rounded = line.map(([x, y]): Point => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]);
  return { operation: use, arguments: use === "cut" || unit === null ? { line: rounded } : { unit, line: rounded } };
}

function snapNear(touch: Touch): Snap | null {
  return snapped(touch.at, (touch.coarse ? SNAP_COARSE_PX : SNAP_PX) * touch.resolution, state.hidden.peek());
}
