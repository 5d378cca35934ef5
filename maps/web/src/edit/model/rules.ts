/** The district's rules, as `boundaries.rules` states them: which units break what. */

import { isExempt } from "../../model/bands";
import type { Figures } from "./tally";
import type { UnitRow } from "./types";

export interface Rules {
  readonly bands: Readonly<Partial<Record<string, readonly [number, number]>>>;
  readonly parts_per_parent: readonly [number, number] | null;
}

export interface UnitFinding {
  readonly rule: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function rulesOf(stored: { readonly bands?: object; readonly parts_per_parent?: readonly [number, number] | null }): Rules {
  return { bands: { ...stored.bands }, parts_per_parent: stored.parts_per_parent ?? null };
}

/** What a cell or a community breaks; `cells` are the community's ordinary ones, null in a plan without cells. */
export function findingsOf(rules: Rules, row: UnitRow, figures: Figures, cells: number | null): UnitFinding[] {
  if (row.level === "cell") return isExempt(row.type) ? [] : ofCell(rules, figures);
  const limits = rules.parts_per_parent;
  if (row.level !== "community" || limits === null || cells === null) return [];
  return outside(cells, limits) ? [{ rule: "parts_per_parent", value: cells, low: limits[0], high: limits[1] }] : [];
}

function ofCell(rules: Rules, figures: Figures): UnitFinding[] {
  return Object.entries(rules.bands).flatMap(([rule, band]) => {
    const value = rule === "residents" || rule === "households" || rule === "floating" ? figures[rule] : null;
    return band === undefined || value === null || !outside(value, band) ? [] : [{ rule, value, low: band[0], high: band[1] }];
  });
}

function outside(value: number, [low, high]: readonly [number, number]): boolean {
  return value < low || value > high;
}
