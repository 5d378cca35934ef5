/** How units are filled, bordered and labelled. */

import { Fill, Stroke, Style, Text } from "ol/style";
import type { BorderLevel } from "../model/borders";
import { SIGN, signOf } from "../model/bands";
import { classOf, ramp } from "../model/classes";
import { breakDecimals, count, decimal, type Language } from "../model/numbers";
import { denominator } from "../model/scale";
import type { Figures, LevelName, Unit } from "../model/types";
import { labelLines, shortName } from "../messages/translate";
import * as palette from "./palette";
import { pattern, type PatternName } from "./patterns";

/** What decides how a unit looks at the moment. */
export interface Look {
  readonly language: Language;
  /** How much larger than usual text is to be. */
  readonly scale: number;
  readonly figure: string | null;
  readonly figures: Figures | null;
  readonly suppressed: ReadonlySet<string>;
  /** Pixels of the drawing to one of CSS; the screen's own where none is given. */
  readonly ratio?: number;
}

function patternFill(name: PatternName, { ratio = window.devicePixelRatio }: Look): Fill {
  return new Fill({ color: pattern(name, ratio) });
}

export function fillStyles(unit: Unit, look: Look): Style[] {
  const styles: Style[] = [];
  if (look.figure === "tints") {
    styles.push(solid(palette.TINTS[(unit.colour ?? 0) % palette.TINTS.length] ?? palette.GROUND));
  } else if (look.figures !== null && look.figures.level === unit.level) {
    const of = classOf(look.figures, unit.id, look.suppressed);
    if (typeof of === "number") styles.push(solid(ramp(look.figures.breaks.length - 1)[of] ?? palette.GROUND));
    else styles.push(new Style({ fill: patternFill(of, look) }));
  }
  const sign = signOf(unit);
  // Over a choropleth the hatch would spoil the colours that are compared; the sign on the label stays.
  if (sign !== null && look.figures === null) styles.push(new Style({ fill: patternFill(sign, look) }));
  else if (unit.type === "exclusive" && look.figures === null) styles.push(new Style({ fill: patternFill("exclusive", look) }));
  return styles;
}

const solids = new Map<string, Style>();

function solid(color: string): Style {
  let found = solids.get(color);
  if (found === undefined) {
    found = new Style({ fill: new Fill({ color }) });
    solids.set(color, found);
  }
  return found;
}

const WIDTH: Readonly<Record<BorderLevel, number>> = { district: 3.2, street: 3, community: 2, cell: 1.1 };
const ORDER: readonly BorderLevel[] = ["cell", "community", "street", "district"];
/** The coarsest denominators at which borders finer than the level in work are worth a line. */
const FINER_FROM: Readonly<Partial<Record<BorderLevel, number>>> = { community: 30_000, cell: 12_000 };

/** The level in work is dark; coarser levels stay wide but recede; finer ones are hairlines close up. */
export function borderStyle(border: BorderLevel, work: LevelName, resolution: number): Style | undefined {
  const rank = ORDER.indexOf(border);
  const inWork = ORDER.indexOf(work);
  const scale = denominator(resolution);
  const close = scale < 8_000 ? 1.35 : scale < 30_000 ? 1 : scale < 60_000 ? 0.85 : 0.6;
  if (rank < inWork) {
    if (scale > (FINER_FROM[border] ?? 0)) return undefined;
    return new Style({ stroke: line(palette.BORDER_QUIET, 0.8, [3, 3]), zIndex: rank });
  }
  const colour = rank === inWork || border === "district" ? palette.BORDER : COARSER[border];
  return new Style({ stroke: line(colour, WIDTH[border] * close), zIndex: 10 + rank });
}

const COARSER: Readonly<Record<BorderLevel, string>> = {
  district: palette.BORDER,
  street: "#52626e",
  community: "#66757f",
  cell: palette.BORDER,
};

function line(color: string, width: number, lineDash?: number[]): Stroke {
  return new Stroke({ color, width, lineJoin: "round", lineCap: "round", ...(lineDash ? { lineDash, lineCap: "butt" } : {}) });
}

export const HALO_STYLE = new Style({ stroke: line("rgba(28,42,53,0.13)", 16) });
export const MASK_STYLE = new Style({ fill: new Fill({ color: palette.OUTSIDE }) });

export const SELECTED_STYLES = [
  new Style({ stroke: line(palette.PAPER, 8), zIndex: 1 }),
  new Style({ stroke: line(palette.SELECTED, 3.6), fill: new Fill({ color: "rgba(10,61,85,0.07)" }), zIndex: 2 }),
];
export const HOVERED_STYLES = [
  new Style({ fill: new Fill({ color: "rgba(255,255,255,0.32)" }), stroke: line(palette.PAPER, 4.5), zIndex: 1 }),
  new Style({ stroke: line(palette.SELECTED, 2), zIndex: 2 }),
];

const SIZE_PX: Readonly<Record<LevelName, number>> = { street: 15, community: 13, cell: 12 };

/** The width of a text in pixels: a Chinese character is one em wide, a Latin one about half. */
export function textWidth(text: string, size_px: number): number {
  let ems = 0;
  for (const character of text) ems += (character.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.56;
  return ems * size_px;
}

/** Whether the unit's name stands inside it at this scale, in a circle of this radius. */
export function labelFits(unit: Unit, resolution: number, { language, scale }: Pick<Look, "language" | "scale">, radius_m = unit.labelRadius): boolean {
  const size = SIZE_PX[unit.level] * scale;
  const lines = labelLines(shortName(unit, language));
  const half = Math.max(...lines.map((text) => textWidth(text, size))) / 2;
  const radius = radius_m / resolution;
  // A label is wider than high; a circle through its corners would refuse too many.
  return radius >= Math.max(size * 0.95 * lines.length, half * 0.82);
}

/** Name, and below it the one figure that matters at this scale. */
export function labelStyle(unit: Unit, look: Look, emphasised: boolean): Style {
  const size = SIZE_PX[unit.level] * look.scale;
  const sign = signOf(unit);
  const problem = sign === "below" ? palette.BELOW : palette.ABOVE;
  const [second, loud] = secondLine(unit, look);
  const name = shortName(unit, look.language);
  const weight = unit.level === "cell" && !emphasised ? "500" : "600";
  const font = `${weight} ${size}px ${palette.SANS}`;
  const rich = labelLines(name).flatMap((text, i) => (i === 0 ? [text, font] : ["\n", "", text, font]));
  if (second !== "") rich.push("\n", "", second, `${loud ? "700" : "400"} ${size - 1}px ${palette.SANS}`);
  return new Style({
    text: new Text({
      text: rich,
      overflow: true,
      fill: new Fill({ color: loud ? problem : palette.INK }),
      stroke: new Stroke({ color: "rgba(255,255,255,0.92)", width: 3.5 }),
      padding: [3, 5, 3, 5],
      ...(emphasised ? { declutterMode: "obstacle" as const } : {}),
    }),
    zIndex: emphasised ? 1000 : sign === null ? 1 : 10,
  });
}

/** A sign alone, where the name does not fit: a finding must show at every scale. */
export function signStyle(unit: Unit, scale: number): Style | undefined {
  const sign = signOf(unit);
  if (sign === null) return undefined;
  return new Style({
    text: new Text({
      text: sign === "other" ? "!" : SIGN[sign],
      font: `700 ${13 * scale}px ${palette.SANS}`,
      fill: new Fill({ color: sign === "below" ? palette.BELOW : palette.ABOVE }),
      stroke: new Stroke({ color: palette.PAPER, width: 3.5 }),
      overflow: true,
    }),
    zIndex: 10,
  });
}

function secondLine(unit: Unit, look: Look): readonly [string, boolean] {
  if (look.figures !== null) {
    // Residents beside a colour that means something else would be read as that figure.
    if (look.figures.level !== unit.level) return ["", false];
    if (look.suppressed.has(unit.id)) return ["×", false];
    const value = look.figures.values[unit.id];
    return [decimal(value, breakDecimals(look.figures.breaks), look.language), false];
  }
  const finding = unit.findings[0];
  const sign = signOf(unit);
  if (finding !== undefined && finding.value !== null && sign !== null && sign !== "other") {
    return [`${SIGN[sign]} ${count(finding.value, look.language)}`, true];
  }
  const residents = unit.residents === null ? "" : count(unit.residents, look.language);
  return [unit.type === "exclusive" ? `${SIGN.exempt} ${residents}`.trim() : residents, false];
}
