/** What lies over the plan while one works: hatch of what would change, selection, the line or loop being drawn, people. */

import { effect } from "@preact/signals";
import type { FrameState } from "ol/Map";
import Layer from "ol/layer/Layer";
import * as palette from "../../map/palette";
import * as state from "../../state/state";
import type { PlanModel } from "../model/plan_model";
import type { Point } from "../model/shapes";
import type { Side } from "../model/sides";
import { chosen, foreseen, model, pulse } from "../state/session";
import { viewed } from "../state/history";
import { people } from "../state/live";
import { conflict } from "../state/sync";
import { crosshair } from "../tools/crosshair";
import { sketch, type Sketch } from "../tools/sketch";
import { hatch } from "./hatches";
import { trace } from "./plan_painting";

interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly ratio: number;
  readonly resolution: number;
  readonly x: (east: number) => number;
  readonly y: (north: number) => number;
}

export class OverlayLayer extends Layer {
  readonly #canvas = document.createElement("canvas");
  readonly #stop: () => void;

  constructor() {
    super({ zIndex: 150 });
    this.#canvas.style.position = "absolute";
    this.#canvas.className = "ol-unselectable edit-overlay";
    this.#stop = effect(() => {
      void [pulse.value, foreseen.value, chosen.value, sketch.value, crosshair.value, people.value, conflict.value, viewed.value, state.selectedId.value, state.hoveredId.value];
      this.changed();
    });
  }

  stop(): void {
    this.#stop();
  }

  override render(frame: FrameState | null): HTMLElement {
    const context = this.#canvas.getContext("2d");
    if (frame === null || context === null) return this.#canvas;
    const { size, pixelRatio: ratio, viewState } = frame;
    const [width, height] = [Math.round((size[0] ?? 0) * ratio), Math.round((size[1] ?? 0) * ratio)];
    [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#canvas.style.width = `${size[0]}px`;
    this.#canvas.style.height = `${size[1]}px`;
    const [cx, cy, metre] = [viewState.center[0] ?? 0, viewState.center[1] ?? 0, ratio / viewState.resolution];
    this.#draw({ context, ratio, resolution: viewState.resolution, x: (east) => width / 2 + (east - cx) * metre, y: (north) => height / 2 - (north - cy) * metre });
    return this.#canvas;
  }

  #draw(sheet: Sheet): void {
    const plan = model.peek();
    sheet.context.lineJoin = sheet.context.lineCap = "round";
    // An earlier revision has other borders.
    if (plan !== null && viewed.peek() === null) {
      const hovered = state.hoveredId.peek();
      if (hovered !== null && hovered !== state.selectedId.peek()) outline(sheet, plan, hovered, 2, 4.5);
      const selected = state.selectedId.peek();
      if (selected !== null) outline(sheet, plan, selected, 3.6, 8);
      for (const id of chosen.peek()) outline(sheet, plan, id, 3, 6.5);
      drawForeseen(sheet, plan);
      drawConflict(sheet);
    }
    drawSketch(sheet, sketch.peek());
    drawCrosshair(sheet, crosshair.peek());
    for (const one of people.peek()) if (one.at !== null) tag(sheet, one.at, one.actor.name, one.colour);
  }
}

/** A unit's own border, dark on a white halo. */
function outline({ context, ratio, x, y }: Sheet, plan: PlanModel, id: string, width: number, halo: number): void {
  const row = plan.row(id);
  if (row === null) return;
  const [column, at, path] = [plan.column(row.level), plan.at(id), new Path2D()];
  const { segments } = plan.blocks;
  for (const block of plan.blocksOf(id)) {
    for (const segment of segments.of(block)) {
      const [a, b] = [segments.sides[2 * segment] as number, segments.sides[2 * segment + 1] as number];
      if (a >= 0 && b >= 0 && column[a] === at && column[b] === at) continue;
      path.moveTo(x(segments.ends[4 * segment] as number), y(segments.ends[4 * segment + 1] as number));
      path.lineTo(x(segments.ends[4 * segment + 2] as number), y(segments.ends[4 * segment + 3] as number));
    }
  }
  stroke(context, path, palette.PAPER, halo * ratio);
  stroke(context, path, palette.SELECTED, width * ratio);
}

function stroke(context: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

function drawForeseen(sheet: Sheet, plan: PlanModel): void {
  const shown = foreseen.peek();
  if (shown === null) return;
  const paths = new Map<string, Path2D>();
  const add = (unit: string): Path2D => {
    const path = paths.get(unit) ?? new Path2D();
    paths.set(unit, path);
    return path;
  };
  for (const [block, unit] of shown.blocks) trace(add(unit), plan.blocks.rings[block] ?? [], sheet);
  for (const { rings, unit } of shown.pieces) trace(add(unit), rings, sheet);
  const { context, ratio } = sheet;
  for (const [unit, path] of paths) {
    const colour = shown.refusal === null ? hatchColour(unit) : palette.ABOVE;
    context.fillStyle = "rgba(255,255,255,0.6)";
    context.fill(path, "evenodd");
    context.fillStyle = hatch(colour, ratio);
    context.fill(path, "evenodd");
    stroke(context, path, colour, 0.9 * ratio);
  }
}

/** Mine in red; theirs in blue, hatched the other way and dashed over it, so that both are seen where they coincide. */
function drawConflict(sheet: Sheet): void {
  const found = conflict.peek();
  if (found === null) return;
  const { context, ratio } = sheet;
  const mine = { ...pathsOf(sheet, found.sides.mine), colour: palette.ABOVE, dashes: [] };
  const theirs = { ...pathsOf(sheet, found.sides.theirs), colour: palette.BELOW, dashes: [9 * ratio, 6 * ratio] };
  for (const { areas, colour } of [mine, theirs]) {
    context.fillStyle = hatch(colour, ratio, colour === theirs.colour);
    context.fill(areas, "evenodd");
  }
  for (const { lines } of [mine, theirs]) stroke(context, lines, palette.PAPER, 7 * ratio);
  for (const { areas, lines, colour, dashes } of [mine, theirs]) {
    context.setLineDash(dashes);
    stroke(context, areas, colour, 2 * ratio);
    stroke(context, lines, colour, 3.2 * ratio);
  }
  context.setLineDash([]);
}

function pathsOf(sheet: Sheet, side: Side): { readonly areas: Path2D; readonly lines: Path2D } {
  const [areas, lines] = [new Path2D(), new Path2D()];
  for (const rings of side.areas) trace(areas, rings, sheet);
  for (const line of side.lines) line.forEach(([east, north], i) => (i === 0 ? lines.moveTo(sheet.x(east), sheet.y(north)) : lines.lineTo(sheet.x(east), sheet.y(north))));
  return { areas, lines };
}

/** The dark partner of each tint. */
const DARK: readonly string[] = ["#b0552a", "#3f7a2f", "#2c6599", "#8a6d0c", "#7c4a8c", "#1d7a72"];

function hatchColour(unit: string): string {
  const colour = state.planUnits.peek().byId.get(unit)?.colour;
  return colour === null || colour === undefined ? palette.CHANGED : (DARK[colour % DARK.length] ?? palette.CHANGED);
}

function drawSketch(sheet: Sheet, drawn: Sketch | null): void {
  if (drawn === null) return;
  const { context, ratio, x, y } = sheet;
  const path = new Path2D();
  drawn.line.forEach(([east, north], i) => (i === 0 ? path.moveTo(x(east), y(north)) : path.lineTo(x(east), y(north))));
  if (drawn.closed) path.closePath();
  if (drawn.closed) {
    context.fillStyle = "rgba(10,61,85,0.08)";
    context.fill(path);
  }
  stroke(context, path, palette.PAPER, 5 * ratio);
  context.setLineDash(drawn.closed ? [6 * ratio, 4 * ratio] : []);
  stroke(context, path, palette.COMPARED, 2.2 * ratio);
  context.setLineDash([]);
  for (const [east, north] of drawn.corners) dot(sheet, east, north, 4, palette.COMPARED);
  if (drawn.circle !== null) {
    const circle = new Path2D();
    circle.arc(x(drawn.circle.at[0]), y(drawn.circle.at[1]), drawn.circle.radius_px * ratio, 0, 2 * Math.PI);
    stroke(context, circle, palette.PAPER, 3 * ratio);
    stroke(context, circle, palette.SELECTED, 1.4 * ratio);
  }
  if (drawn.snap !== null) drawSnap(sheet, drawn.snap.at, drawn.snap.corner);
}

function dot({ context, ratio, x, y }: Sheet, east: number, north: number, radius: number, colour: string): void {
  const path = new Path2D();
  path.arc(x(east), y(north), radius * ratio, 0, 2 * Math.PI);
  context.fillStyle = palette.PAPER;
  context.fill(path);
  stroke(context, path, colour, 2 * ratio);
}

/** A square on a corner, a ring on a line. */
function drawSnap(sheet: Sheet, [east, north]: readonly [number, number], corner: boolean): void {
  const { context, ratio, x, y } = sheet;
  const [size, path] = [7 * ratio, new Path2D()];
  if (corner) path.rect(x(east) - size, y(north) - size, 2 * size, 2 * size);
  else path.arc(x(east), y(north), size, 0, 2 * Math.PI);
  stroke(context, path, palette.PAPER, 4.5 * ratio);
  stroke(context, path, palette.COMPARED, 2 * ratio);
}

/** Open in the middle, so that what it points at is seen. */
function drawCrosshair({ context, ratio, x, y }: Sheet, at: Point | null): void {
  if (at === null) return;
  const [cx, cy, path] = [x(at[0]), y(at[1]), new Path2D()];
  for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    path.moveTo(cx + 4 * right * ratio, cy + 4 * down * ratio);
    path.lineTo(cx + 18 * right * ratio, cy + 18 * down * ratio);
  }
  stroke(context, path, palette.PAPER, 5.5 * ratio);
  stroke(context, path, palette.SELECTED, 2.4 * ratio);
}

/** Where somebody else works, with their name. */
function tag(sheet: Sheet, [east, north]: readonly [number, number], name: string, colour: string): void {
  const { context, ratio, x, y } = sheet;
  dot(sheet, east, north, 5, colour);
  context.font = `600 ${12 * ratio}px ${palette.SANS}`;
  const [left, top, wide] = [x(east) + 9 * ratio, y(north) - 9 * ratio, context.measureText(name).width];
  context.fillStyle = colour;
  context.fillRect(left, top, wide + 10 * ratio, 18 * ratio);
  context.fillStyle = palette.PAPER;
  context.textBaseline = "middle";
  context.fillText(name, left + 5 * ratio, top + 9.5 * ratio);
}
