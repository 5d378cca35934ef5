/** Fill patterns, so that a finding or a missing value never rests on colour alone. */

import { ABOVE, BELOW, CHANGED, INK } from "./palette";

export type PatternName = "above" | "below" | "other" | "suppressed" | "none" | "exclusive" | "changed";

const made = new Map<string, CanvasPattern>();

/** The pattern at the screen's pixel ratio; OpenLayers draws patterns in device pixels. */
export function pattern(name: PatternName, ratio: number): CanvasPattern {
  const key = `${name} ${ratio}`;
  let found = made.get(key);
  if (found === undefined) {
    found = draw(name, ratio);
    made.set(key, found);
  }
  return found;
}

/** The pattern as a picture for the legend, in CSS pixels. */
export function patternUrl(name: PatternName): string {
  return tile(name, 1).toDataURL();
}

function draw(name: PatternName, ratio: number): CanvasPattern {
  const canvas = tile(name, ratio);
  const context = canvas.getContext("2d");
  const drawn = context?.createPattern(canvas, "repeat");
  if (!drawn) throw new Error("this browser does not draw canvas patterns");
  return drawn;
}

function tile(name: PatternName, ratio: number): HTMLCanvasElement {
  const size = 8;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not draw on a canvas");
  context.scale(canvas.width / size, canvas.height / size);
  context.lineWidth = 1.3;
  if (name === "above" || name === "other") stripes(context, size, ABOVE, 1);
  if (name === "below" || name === "other") stripes(context, size, name === "below" ? BELOW : ABOVE, -1);
  if (name === "suppressed") {
    context.fillStyle = "#d5d2cc";
    context.fillRect(0, 0, size, size);
    context.lineWidth = 1;
    stripes(context, size, "#8b8880", 1);
    stripes(context, size, "#8b8880", -1);
  }
  if (name === "changed") upright(context, size);
  if (name === "none") dot(context, 5, 1, "rgba(90,90,85,0.6)");
  if (name === "exclusive") dot(context, 1.6, 1.6, INK);
  return canvas;
}

function stripes(context: CanvasRenderingContext2D, size: number, colour: string, direction: 1 | -1): void {
  context.strokeStyle = colour;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    const [from, to] = direction === 1 ? [size, 0] : [0, size];
    context.moveTo(shift - 1, from + direction);
    context.lineTo(shift + size + 1, to - direction);
  }
  context.stroke();
}

/** Upright lines show through the slanted ones of a finding. */
function upright(context: CanvasRenderingContext2D, size: number): void {
  context.strokeStyle = CHANGED;
  context.beginPath();
  context.moveTo(size / 2, 0);
  context.lineTo(size / 2, size);
  context.stroke();
}

function dot(context: CanvasRenderingContext2D, wide: number, high: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(1.5, 3.5, wide, high);
}
