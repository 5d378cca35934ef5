/** A crosshair that the arrow keys move over the map: the tools take it as they take a pointer. */

import { effect, signal } from "@preact/signals";
import type { Point } from "../model/shapes";
import { awaiting, canUse, tool } from "../state/session";
import { hand } from "./hand";
import { drawing } from "./lines";
import type { Touch } from "./tool";

const STEP_PX = 8;
const FAST_PX = 48;
const STEPS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Where it stands; null while the pointer is used instead. */
export const crosshair = signal<Point | null>(null);

/** The map that the crosshair moves over. */
export interface CrosshairMap {
  readonly element: HTMLElement;
  readonly centre: () => Point;
  /** Metres a pixel. */
  readonly resolution: () => number;
  readonly bringIntoView: (at: Point) => void;
  readonly click: (touch: Touch) => void;
}

let map: CrosshairMap | null = null;
/** Whether a stroke was begun and not yet ended. */
let held = false;

export function moveCrosshairOver(shown: CrosshairMap | null): void {
  map = shown;
  crosshair.value = null;
}

export function startCrosshair(): void {
  effect(() => {
    void tool.value;
    held = false;
    if (hand().press === "none") crosshair.value = null;
  });
}

/** Takes up a tool by its key: the next arrow key is meant for the map. */
export function focusMap(): void {
  if (hand().press !== "none") map?.element.focus({ preventScroll: true });
}

/** The pointer takes over. */
export function leaveCrosshair(): void {
  if (crosshair.peek() === null) return;
  if (held) hand().cancel();
  held = false;
  crosshair.value = null;
}

/** Acts on a key pressed on the map; false for one that means something else. */
export function onCrosshairKey(event: KeyboardEvent): boolean {
  const { press } = hand();
  if (map === null || event.target !== map.element || event.ctrlKey || event.metaKey || event.altKey || press === "none" || !canUse(tool.peek())) return false;
  const step = STEPS[event.key];
  if (step !== undefined) {
    moveBy(map, step, event.shiftKey ? FAST_PX : STEP_PX);
    return true;
  }
  const at = crosshair.peek();
  if (event.key === "Escape") held = false;
  if (at === null || (event.key !== " " && event.key !== "Enter")) return false;
  if (event.key === "Enter" && (awaiting.peek() || (press === "choose" && hand().confirm()))) return !awaiting.peek();
  if (!event.repeat) act(map, at);
  return true;
}

function moveBy(over: CrosshairMap, [right, up]: readonly [number, number], step_px: number): void {
  const line = drawing.peek();
  const [x, y] = crosshair.peek() ?? line[line.length - 1] ?? over.centre();
  const step = step_px * over.resolution();
  const at: Point = [x + right * step, y + up * step];
  crosshair.value = at;
  over.bringIntoView(at);
  const touch = touchAt(over, at);
  if (held) hand().drag(touch);
  else hand().move(touch);
}

function act(over: CrosshairMap, at: Point): void {
  const touch = touchAt(over, at);
  const { press } = hand();
  if (press === "choose") over.click(touch);
  else if (press === "point") {
    hand().down(touch);
    hand().up(touch);
  } else if (held) {
    held = false;
    hand().up(touch);
  } else held = hand().down(touch);
}

function touchAt(over: CrosshairMap, at: Point): Touch {
  return { at, resolution: over.resolution(), alt: false, shift: false, coarse: false };
}
