/** Hatches in a colour of their own: what a tool would give to a unit. */

const made = new Map<string, CanvasPattern>();
const SIZE_PX = 7;

/** Stripes rise to the right, or fall: two that lie over each other can be told apart without their colours. */
export function hatch(colour: string, ratio: number, falling = false): CanvasPattern {
  const key = `${colour} ${ratio} ${falling}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  const size = (canvas.width = canvas.height = Math.round(SIZE_PX * ratio));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not draw on a canvas");
  context.fillStyle = colour;
  context.globalAlpha = 0.18;
  context.fillRect(0, 0, size, size);
  context.globalAlpha = 0.9;
  context.strokeStyle = colour;
  context.lineWidth = 1.8 * ratio;
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, falling ? -1 : size + 1);
    context.lineTo(shift + size + 1, falling ? size + 1 : -1);
  }
  context.stroke();
  const pattern = context.createPattern(canvas, "repeat");
  if (pattern === null) throw new Error("this browser does not draw canvas patterns");
  made.set(key, pattern);
  return pattern;
}
