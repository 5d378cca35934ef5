/** The page: title, map, legend, scale, north and source drawn on one canvas, with its words kept for the PDF. */

import * as palette from "../map/palette";
import { pattern, type PatternName } from "../map/patterns";
import { scaleBar } from "../model/scale";
import type { Box, PageLayout } from "./page_layout";
import { DPI } from "./picture";
import type { Word } from "./pdf";

/** One line of the legend: a sample and its words. */
export interface Entry {
  readonly label: string;
  readonly fill?: string;
  readonly pattern?: PatternName;
  readonly line?: { readonly colour: string; readonly width_mm: number; readonly dashed?: boolean };
}

export interface PaperOf {
  readonly layout: PageLayout;
  readonly title: string;
  readonly subtitle: string;
  /** Right of the title: state and revision. */
  readonly standing: string;
  readonly map: HTMLCanvasElement;
  readonly denominator: number;
  readonly scale: string;
  readonly legendTitle: string;
  /** Groups of entries; each begins a column of its own. */
  readonly legend: readonly (readonly Entry[])[];
  readonly notes: readonly string[];
  readonly north: string;
}

export interface Paper {
  readonly canvas: HTMLCanvasElement;
  readonly words: readonly Word[];
}

const PX = DPI / 25.4;
const ROW = 4.6;
const COLUMN = 52;

export function drawPaper(of: PaperOf): Paper {
  const { layout } = of;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(layout.wide * PX);
  canvas.height = Math.round(layout.high * PX);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser does not draw on a canvas");
  const sheet = new Sheet(context);
  context.fillStyle = palette.PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  heading(sheet, of);
  const { map } = layout;
  context.drawImage(of.map, map.x * PX, map.y * PX, map.wide * PX, map.high * PX);
  sheet.frame(map, 0.35);
  north(sheet, { x: map.x + map.wide - 14, y: map.y + 4, wide: 10, high: 16 }, of.north);
  const [legend, notes] = halves(layout.notes);
  drawLegend(sheet, of, legend);
  scale(sheet, of, notes);
  of.notes.forEach((note, k) => sheet.text(sheet.fitted(note, 2.7, notes.wide), notes.x, notes.y + 16.5 + k * 3.9, 2.7, palette.BORDER));
  return { canvas, words: sheet.words };
}

/** Pen and words in millimetres. */
class Sheet {
  readonly words: Word[] = [];

  constructor(readonly context: CanvasRenderingContext2D) {}

  text(text: string, x: number, y: number, size: number, colour: string, weight = 400): void {
    if (text === "") return;
    this.#font(size, weight);
    this.context.fillStyle = colour;
    this.context.fillText(text, x * PX, y * PX);
    this.words.push({ text, x, y, size });
  }

  width(text: string, size: number, weight = 400): number {
    this.#font(size, weight);
    return this.context.measureText(text).width / PX;
  }

  /** The text, cut with an ellipsis where it is too long. */
  fitted(text: string, size: number, wide: number, weight = 400): string {
    if (this.width(text, size, weight) <= wide) return text;
    let kept = text;
    while (kept !== "" && this.width(`${kept}…`, size, weight) > wide) kept = kept.slice(0, -1);
    return `${kept}…`;
  }

  frame({ x, y, wide, high }: Box, width: number): void {
    this.context.strokeStyle = palette.INK;
    this.context.lineWidth = width * PX;
    this.context.strokeRect(x * PX, y * PX, wide * PX, high * PX);
  }

  line(points: readonly (readonly [number, number])[], colour: string, width: number, dashed = false): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width * PX;
    context.setLineDash(dashed ? [1.9 * PX, 1.3 * PX] : []);
    context.beginPath();
    points.forEach(([x, y], k) => (k === 0 ? context.moveTo(x * PX, y * PX) : context.lineTo(x * PX, y * PX)));
    context.stroke();
    context.setLineDash([]);
  }

  area(points: readonly (readonly [number, number])[], fill: string | CanvasPattern): void {
    const { context } = this;
    context.fillStyle = fill;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x * PX, y * PX));
    context.fill();
  }

  #font(size: number, weight: number): void {
    this.context.font = `${weight} ${size * PX}px ${palette.SANS}`;
  }
}

function heading(sheet: Sheet, { layout, title, subtitle, standing }: PaperOf): void {
  const { x, y, wide } = layout.title;
  const right = sheet.width(standing, 3.2);
  sheet.text(sheet.fitted(title, 6, wide - right - 6, 700), x, y + 6, 6, palette.INK, 700);
  sheet.text(sheet.fitted(subtitle, 3.4, wide), x, y + 11.6, 3.4, palette.BORDER);
  sheet.text(standing, x + wide - right, y + 6, 3.2, palette.BORDER);
}

function halves({ x, y, wide, high }: Box): readonly [Box, Box] {
  const notes = Math.max(62, wide * 0.3);
  return [
    { x, y: y + 3, wide: wide - notes - 5, high: high - 3 },
    { x: x + wide - notes, y: y + 3, wide: notes, high: high - 3 },
  ];
}

/** Entries in columns, top to bottom; a group that is longer than a column runs on in the next. */
function drawLegend(sheet: Sheet, { legend, legendTitle }: PaperOf, box: Box): void {
  sheet.text(sheet.fitted(legendTitle, 3, box.wide, 600), box.x, box.y + 3, 3, palette.INK, 600);
  const rows = Math.max(1, Math.floor((box.high - 5) / ROW));
  const lengths = legend.map((group) => Math.ceil(group.length / rows));
  const column = Math.min(COLUMN, box.wide / Math.max(1, lengths.reduce((sum, one) => sum + one, 0)));
  legend.forEach((group, g) => {
    const first = lengths.slice(0, g).reduce((sum, one) => sum + one, 0);
    group.forEach((entry, k) => {
      const [x, y] = [box.x + (first + Math.floor(k / rows)) * column, box.y + 5 + (k % rows) * ROW];
      sample(sheet, entry, x, y);
      sheet.text(sheet.fitted(entry.label, 2.7, column - 11), x + 9, y + 3, 2.7, palette.INK);
    });
  });
}

function sample(sheet: Sheet, { fill, pattern: name, line }: Entry, x: number, y: number): void {
  const corners = [[x, y], [x + 7, y], [x + 7, y + 3.6], [x, y + 3.6]] as const;
  if (line !== undefined) sheet.line([[x, y + 1.8], [x + 7, y + 1.8]], line.colour, line.width_mm, line.dashed);
  if (fill !== undefined) sheet.area(corners, fill);
  if (name !== undefined) sheet.area(corners, pattern(name, DPI / 96));
  if (line === undefined) sheet.line([...corners, corners[0]], palette.BORDER_QUIET, 0.15);
}

/** A bar of a round length in four parts, black and white, with the ratio beside it. */
function scale(sheet: Sheet, { denominator, scale: words }: PaperOf, box: Box): void {
  const { metres, pixels: long } = scaleBar(denominator / 1000, Math.min(48, box.wide - 22));
  const [x, y] = [box.x, box.y + 3.5];
  sheet.text(words, x, y, 3.4, palette.INK, 600);
  for (let k = 0; k < 4; k += 1) {
    const [from, to] = [x + (long * k) / 4, x + (long * (k + 1)) / 4];
    const corners = [[from, y + 2], [to, y + 2], [to, y + 3.4], [from, y + 3.4]] as const;
    sheet.area(corners, k % 2 === 0 ? palette.INK : palette.PAPER);
    sheet.line([...corners, corners[0]], palette.INK, 0.2);
  }
  const unit = metres >= 2000 ? "km" : "m";
  const said = (share: number): string => String(Number(((metres * share) / (unit === "km" ? 1000 : 1)).toFixed(3)));
  for (const share of [0, 0.5, 1]) {
    const text = share === 1 ? `${said(share)} ${unit}` : said(share);
    const shift = share === 1 ? sheet.width(said(share), 2.6) : sheet.width(text, 2.6);
    sheet.text(text, x + long * share - (share === 0 ? 0 : shift / 2), y + 6.6, 2.6, palette.INK);
  }
}

function north(sheet: Sheet, { x, y, wide, high }: Box, letter: string): void {
  const middle = x + wide / 2;
  const tip = [middle, y + 4.6] as const;
  const foot = [middle, y + high - 3.4] as const;
  const halo = [[middle, y + 3.8], [middle + 3.6, y + high + 0.8], [middle - 3.6, y + high + 0.8]] as const;
  sheet.area(halo, "rgba(255,255,255,0.75)");
  sheet.area([tip, [middle - 2.8, y + high], foot], palette.INK);
  sheet.area([tip, [middle + 2.8, y + high], foot], palette.PAPER);
  sheet.line([tip, [middle + 2.8, y + high], foot, [middle - 2.8, y + high], tip], palette.INK, 0.25);
  const half = sheet.width(letter, 4, 700) / 2;
  const { context } = sheet;
  context.strokeStyle = palette.PAPER;
  context.lineWidth = 0.9 * PX;
  context.lineJoin = "round";
  context.strokeText(letter, (middle - half) * PX, (y + 3.6) * PX);
  sheet.text(letter, middle - half, y + 3.6, 4, palette.INK, 700);
}
