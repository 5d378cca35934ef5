/** Plans as people look for them: by state, by date, under a free name; and what differs between two, in order. */

import type { FeatureCollection, LevelName, MultiPolygonGeometry, Plan, PolygonGeometry } from "../model/types";

export type Group = "in_force" | "draft" | "submitted" | "adopted" | "superseded" | "archived";

export const GROUPS: readonly Group[] = ["in_force", "draft", "submitted", "adopted", "superseded", "archived"];

export function groupOf(plan: Plan): Group {
  return plan.in_force ? "in_force" : plan.state;
}

/** Plans by group; within one the newest first. */
export function grouped(plans: readonly Plan[]): ReadonlyMap<Group, readonly Plan[]> {
  const newest = [...plans].sort((a, b) => dateOf(b).localeCompare(dateOf(a)) || b.id - a.id);
  const listed = GROUPS.map((group) => [group, newest.filter((plan) => groupOf(plan) === group)] as const);
  return new Map(listed.filter(([, found]) => found.length > 0));
}

function dateOf(plan: Plan): string {
  return plan.in_force_from ?? plan.created_at ?? "";
}

/** The plan in force on a day; the day a plan ends belongs to its successor. */
export function inForceOn(plans: readonly Plan[], day: string): Plan | null {
  const lasting = (plan: Plan): boolean =>
    (plan.state === "adopted" || plan.state === "superseded") &&
    plan.in_force_from !== null &&
    plan.in_force_from <= day &&
    (plan.in_force_to === null || day < plan.in_force_to);
  return plans.find(lasting) ?? null;
}

/** A name for a branch that no plan has: the plan's own with the word for a revision, numbered where taken. */
export function branchName(plan: Plan, plans: readonly Plan[], word: string): string {
  const taken = new Set(plans.map((one) => one.name));
  const stem = `${plan.name} ${word}`;
  if (!taken.has(stem)) return stem;
  let n = 2;
  while (taken.has(`${stem} ${n}`)) n += 1;
  return `${stem} ${n}`;
}

/** The plan in force that a draft should stand on and does not, or null when all is well. */
export function newerBase(plan: Plan, plans: readonly Plan[]): Plan | null {
  if (plan.state !== "draft" && plan.state !== "submitted") return null;
  const now = plans.find((one) => one.in_force) ?? null;
  return plan.base_id === undefined || plan.base_id === now?.id ? null : now;
}

/**
 * Old unit, new unit, residents, households, buildings, area in square metres, and whether this changes the unit: units
 * that only one of the plans has may be the same under another id.
 */
export type MatrixRow = readonly [number, number, number | null, number | null, number | null, number, boolean];

export interface Moved {
  readonly residents: number | null;
  readonly floating: number | null;
  readonly households: number | null;
  readonly buildings: number | null;
  /** Of the district's residents, between 0 and 1. */
  readonly share: number | null;
}

export interface Comparison {
  readonly by: "blocks" | "buildings" | "overlay";
  readonly moved: Partial<Record<LevelName, Moved>>;
  readonly matrix: Partial<Record<LevelName, readonly MatrixRow[]>>;
  readonly units: Readonly<Record<"old" | "new", readonly ComparedUnit[]>>;
}

export interface ComparedUnit {
  readonly id: number;
  readonly level: LevelName;
  readonly name: string;
  readonly name_en: string | null;
}

export interface DifferingArea {
  readonly type: "Feature";
  readonly geometry: PolygonGeometry | MultiPolygonGeometry;
  readonly properties: {
    readonly old: number;
    readonly new: number;
    readonly residents: number | null;
    readonly households: number | null;
    readonly buildings: number | null;
  };
}

export type Areas = FeatureCollection<DifferingArea>;

const weight = (row: MatrixRow): number => row[2] ?? 0;

function descending(a: MatrixRow, b: MatrixRow): number {
  return weight(b) - weight(a) || (b[4] ?? 0) - (a[4] ?? 0) || b[5] - a[5];
}

/** What goes from one unit to another, the most residents first. */
export function moves(rows: readonly MatrixRow[]): MatrixRow[] {
  return rows.filter((row) => row[6]).sort(descending);
}

export interface Grid {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly cells: ReadonlyMap<string, MatrixRow>;
  /** Units that lose or gain nothing and are left out. */
  readonly unchanged: number;
}

export function cellKey(from: number, to: number): string {
  return `${from}>${to}`;
}

/** The matrix old x new of units that change; rows and columns with the most residents on the move first. */
export function grid(rows: readonly MatrixRow[]): Grid {
  const [out, into] = [new Map<number, number>(), new Map<number, number>()];
  const add = (to: Map<number, number>, key: number, by: number): unknown => to.set(key, (to.get(key) ?? 0) + by);
  for (const row of moves(rows)) {
    // A sliver without people is a change too: it must not fall behind units without any.
    add(out, row[0], weight(row) + 1);
    add(into, row[1], weight(row) + 1);
  }
  // What stays is shown beside what goes, on the diagonal.
  const [losing, gaining] = [new Set(out.keys()), new Set(into.keys())];
  const staying = rows.filter((row) => !row[6]);
  for (const [from, to] of staying) {
    if (losing.has(from)) add(into, to, 0);
    if (gaining.has(to)) add(out, from, 0);
  }
  const largest = (of: Map<number, number>): number[] => [...of].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  return {
    rows: largest(out),
    columns: largest(into),
    cells: new Map(rows.map((row) => [cellKey(row[0], row[1]), row])),
    unchanged: staying.filter(([from, to]) => !losing.has(from) && !gaining.has(to)).length,
  };
}

/** Rows as CSV with a byte order mark, so that a spreadsheet reads Chinese; a quote inside a field is doubled. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  const field = (value: string | number | null): string => {
    // A name that begins like a formula must not become one.
    const text = typeof value === "string" && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}
