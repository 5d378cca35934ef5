/** A figure against its band. The server decides what a finding is; this only says where a value stands. */

import type { District, Finding, MeasureName, Plan, Unit } from "./types";
import { count, type Language } from "./numbers";

export type Standing = "within" | "above" | "below" | "unknown" | "exempt";

export interface Verdict {
  readonly standing: Standing;
  /** How far outside the band, in the measure's own unit; 0 inside. */
  readonly off: number;
  readonly low: number;
  readonly high: number;
}

export function judge(value: number | null, band: readonly [number, number], exempt = false): Verdict {
  const [low, high] = band;
  if (value === null) return { standing: "unknown", off: 0, low, high };
  if (exempt) return { standing: "exempt", off: 0, low, high };
  if (value > high) return { standing: "above", off: value - high, low, high };
  if (value < low) return { standing: "below", off: low - value, low, high };
  return { standing: "within", off: 0, low, high };
}

/** The band a measure has at this unit's level: bands are rules for cells. */
export function bandOf(district: District, unit: Pick<Unit, "level">, measure: MeasureName): readonly [number, number] | null {
  return unit.level === "cell" ? (district.rules.bands?.[measure] ?? null) : null;
}

/** Outside the bands and not counted among a community's cells. */
export function isExempt(type: string): boolean {
  return type === "exclusive" || type === "unassigned";
}

/** Cells that count for the rule of cells a community: exclusive and unassigned ones do not. */
export function ordinaryParts(children: readonly Unit[]): number {
  return children.filter(({ type }) => !isExempt(type)).length;
}

/** The rule for the number of ordinary cells in a community, where it applies. */
export function partsBandOf(district: District, unit: Pick<Unit, "level">, plan: Pick<Plan, "levels">): readonly [number, number] | null {
  return unit.level === "community" && plan.levels.includes("cell") ? (district.rules.parts_per_parent ?? null) : null;
}

/** `1,000-1,500` */
export function bandText(band: readonly [number, number], language: Language): string {
  return `${count(band[0], language)}-${count(band[1], language)}`;
}

export const SIGN: Readonly<Record<Standing, string>> = {
  within: "✓",
  above: "▲",
  below: "▼",
  unknown: "?",
  exempt: "◇",
};

/** Units that break a rule, in the order a planner would take them: furthest out of its band first. */
export function problems(units: Iterable<Unit>): Unit[] {
  return [...units].filter((unit) => unit.findings.length > 0).sort((a, b) => worst(b) - worst(a) || byCode(a, b));
}

function worst(unit: Unit): number {
  return Math.max(
    ...unit.findings.map(({ value, low, high }) => {
      if (value === null) return 0;
      if (high !== null && value > high) return value / high - 1;
      if (low !== null && value < low) return 1 - value / low;
      return 0;
    }),
  );
}

export function byCode(a: Unit, b: Unit): number {
  return (a.code ?? "").localeCompare(b.code ?? "") || a.name.localeCompare(b.name, "zh-CN");
}

function direction(finding: Finding): "above" | "below" | "other" {
  if (finding.value === null) return "other";
  if (finding.high !== null && finding.value > finding.high) return "above";
  if (finding.low !== null && finding.value < finding.low) return "below";
  return "other";
}

/** The sign of a unit's first finding, or null when it breaks no rule. */
export function signOf(unit: Unit): "above" | "below" | "other" | null {
  const first = unit.findings[0];
  return first === undefined ? null : direction(first);
}
