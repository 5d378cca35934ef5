/** The classes of a choropleth: which class a value falls in, and the rows of its legend. */

import type { Figures } from "./types";
import { breakDecimals, decimal, type Language } from "./numbers";

/** ColorBrewer YlGnBu: sequential, colour-blind safe, printable. One list for each number of classes. */
const RAMPS: Readonly<Record<number, readonly string[]>> = {
  1: ["#7fcdbb"],
  2: ["#c7e9b4", "#41b6c4"],
  3: ["#edf8b1", "#7fcdbb", "#2c7fb8"],
  4: ["#ffffcc", "#a1dab4", "#41b6c4", "#225ea8"],
  5: ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"],
  6: ["#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494"],
  7: ["#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"],
};

export type ClassOf = number | "suppressed" | "none";

export function ramp(classes: number): readonly string[] {
  return RAMPS[Math.min(7, Math.max(1, classes))] ?? [];
}

/**
 * The class of one unit. Classes are closed above, as mapclassify cuts them: break i is the highest
 * value of class i - 1, and the lowest break belongs to the first class.
 */
export function classOf(figures: Figures, id: string, suppressed: ReadonlySet<string>): ClassOf {
  if (suppressed.has(id)) return "suppressed";
  const value = figures.values[id];
  const last = figures.breaks.length - 2;
  if (value === null || value === undefined || last < 0) return "none";
  for (let i = 0; i < last; i += 1) {
    if (value <= (figures.breaks[i + 1] ?? Infinity)) return i;
  }
  return last;
}

export function suppressedSet(figures: Figures): ReadonlySet<string> {
  return new Set(figures.suppressed.map(String));
}

export interface LegendRow {
  readonly of: ClassOf;
  readonly colour: string | null;
  readonly label: string | null;
  readonly units: number;
}

/** Rows for the classes, then "suppressed" and "no data" where there are any. */
export function legendRows(figures: Figures, ids: readonly string[], language: Language): LegendRow[] {
  const suppressed = suppressedSet(figures);
  const tally = new Map<ClassOf, number>();
  for (const id of ids) {
    const of = classOf(figures, id, suppressed);
    tally.set(of, (tally.get(of) ?? 0) + 1);
  }
  const classes = Math.max(0, figures.breaks.length - 1);
  const colours = ramp(classes);
  const decimals = breakDecimals(figures.breaks);
  const rows: LegendRow[] = Array.from({ length: classes }, (_, i) => ({
    of: i,
    colour: colours[i] ?? null,
    label: `${decimal(figures.breaks[i], decimals, language)} – ${decimal(figures.breaks[i + 1], decimals, language)}`,
    units: tally.get(i) ?? 0,
  }));
  for (const of of ["suppressed", "none"] as const) {
    const units = tally.get(of) ?? 0;
    if (units > 0) rows.push({ of, colour: null, label: null, units });
  }
  return rows;
}
