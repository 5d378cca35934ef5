/** Proposals as the page compares them, and the request that asks for them. Plain values, no screen. */

import type { Said } from "../messages/said";
import type { Line } from "./borders";
import type { Bounds, LevelName, MultiPolygonGeometry, PolygonGeometry, Unit, UnitFeature } from "./types";
import type { UnitIndex } from "./units";

/** Goals the page has words for, in the order it offers them. */
export const GOALS = ["border", "compactness", "balance", "area_balance", "walking", "moved"] as const;
export type GoalName = (typeof GOALS)[number];

/** What may run along a border, and what a metre of such a border costs unless the planner says otherwise. */
export const BARRIERS = { arterial: 0, road: 0, river: 0, wall: 0.25 } as const;
export type BarrierName = keyof typeof BARRIERS;

export type Limits = readonly [number, number];

export interface LevelDefaults {
  readonly bands: Readonly<Record<string, Limits>>;
  readonly parts: number | null;
  readonly parts_per_parent: Limits | null;
  readonly goals: readonly string[];
  readonly name: string;
}

export interface Defaults {
  readonly plan: number;
  readonly levels: Partial<Record<LevelName, LevelDefaults>>;
  readonly goals: Readonly<Record<string, number>>;
}

export interface ProposalFigures {
  readonly units: number;
  readonly exclusive: number;
  readonly residents?: Limits | null;
  readonly households?: Limits | null;
  readonly out_of_band: number;
  readonly moved: number | null;
  readonly clear_border_share: number | null;
  readonly compactness: number | null;
}

export interface Proposal {
  readonly id: number;
  readonly plan: number;
  readonly level: LevelName;
  readonly rank: number;
  readonly scores: Readonly<Record<string, number | null>>;
  readonly figures: ProposalFigures;
  readonly stale: boolean;
}

/** A proven impossibility, or a rule that was not reached: what, where, and the numbers of its sentence. */
export interface Told {
  readonly rule: string;
  readonly parent: string;
  readonly blocks: readonly string[];
  readonly message: string;
  readonly relaxation?: string;
  readonly figures: Readonly<Record<string, number | string | null>>;
  readonly bounds: Bounds | null;
}

export interface Answer {
  readonly proven: "optimal" | "infeasible" | null;
  /** No division that keeps the rules has a smaller weighted sum of goals; null where nothing is known. */
  readonly lower_bound: number | null;
  readonly stopped_by: "steps" | "time" | "cancel" | "proof";
  readonly steps_done: number;
  readonly notes: readonly Said[];
  readonly reasons: readonly Told[];
  readonly unmet: readonly Told[];
}

export interface ChangeFeature {
  readonly type: "Feature";
  readonly id: number | string;
  readonly geometry: PolygonGeometry | MultiPolygonGeometry;
  readonly properties: { readonly from: string; readonly to: string; readonly residents: number; readonly blocks: number };
}

export interface ProposalUnitFeature extends UnitFeature {
  readonly properties: UnitFeature["properties"] & { readonly moved: number | null };
}

/** What the form holds: texts as they were typed, so that nothing is guessed before it is read. */
export interface Draft {
  readonly level: LevelName;
  readonly bands: Readonly<Record<string, readonly [string, string]>>;
  readonly parts: string;
  readonly perParent: readonly [string, string];
  readonly goals: Readonly<Record<string, number>>;
  readonly barriers: Readonly<Record<BarrierName, number>>;
  readonly seconds: string;
  readonly steps: string;
  readonly keep: readonly number[];
}

export function draftOf(defaults: Defaults, level: LevelName): Draft {
  const at = defaults.levels[level];
  const bands = Object.entries(at?.bands ?? {}).map(([measure, [low, high]]) => [measure, [String(low), String(high)]] as const);
  const goals = GOALS.filter((goal) => at?.goals.includes(goal)).map((goal) => [goal, defaults.goals[goal] ?? 0] as const);
  return {
    level,
    bands: Object.fromEntries(bands),
    parts: at?.parts === null || at?.parts === undefined ? "" : String(at.parts),
    perParent: at?.parts_per_parent ? [String(at.parts_per_parent[0]), String(at.parts_per_parent[1])] : ["", ""],
    goals: Object.fromEntries(goals),
    barriers: BARRIERS,
    seconds: "10",
    steps: "",
    keep: [],
  };
}

/** What is wrong with a draft: the field, and why it cannot be sent. */
export interface Fault {
  readonly field: string;
  readonly why: "number" | "order" | "band" | "goal";
}

export type Request = Readonly<Record<string, unknown>>;

/** The request a draft stands for, or its first fault. */
export function requestOf(draft: Draft, plan: number): Request | Fault {
  const bands: Record<string, Limits> = {};
  for (const [measure, texts] of Object.entries(draft.bands)) {
    const limits = readLimits(measure, texts, 0);
    if (limits !== null && "why" in limits) return limits;
    if (limits !== null) bands[measure] = limits;
  }
  if (Object.keys(bands).length === 0 && draft.parts === "") return { field: "parts", why: "band" };
  const perParent = readLimits("perParent", draft.perParent, 1);
  if (perParent !== null && "why" in perParent) return perParent;
  const goals = Object.fromEntries(Object.entries(draft.goals).filter(([, weight]) => weight > 0));
  if (Object.keys(goals).length === 0) return { field: "goals", why: "goal" };
  const [parts, seconds, steps] = [whole(draft.parts, 1), positive(draft.seconds), whole(draft.steps, 0)];
  if (parts === undefined) return { field: "parts", why: "number" };
  if (seconds === undefined) return { field: "seconds", why: "number" };
  if (steps === undefined) return { field: "steps", why: "number" };
  return {
    plan,
    level: draft.level,
    bands: Object.keys(bands).length === 0 ? null : bands,
    parts,
    parts_per_parent: perParent,
    goals,
    barrier_costs: goals["border"] === undefined ? null : draft.barriers,
    time_limit_s: seconds,
    steps,
    keep: draft.keep,
  };
}

export function isFault(request: Request | Fault): request is Fault {
  return "why" in request;
}

/** Both limits as numbers, null where both are empty. */
function readLimits(field: string, [low, high]: readonly [string, string], least: number): Limits | Fault | null {
  if (low.trim() === "" && high.trim() === "") return null;
  const [from, to] = [Number(low), Number(high)];
  const read = low.trim() !== "" && high.trim() !== "" && Number.isFinite(from) && Number.isFinite(to) && from >= least;
  if (!read) return { field, why: "number" };
  return from <= to ? [from, to] : { field, why: "order" };
}

function whole(text: string, least: number): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= least ? value : undefined;
}

function positive(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && value > 0 && value <= 3600 ? value : undefined;
}

export const COLUMNS = ["out_of_band", "clear", "compactness", "spread", "moved"] as const;
export type ColumnName = (typeof COLUMNS)[number];

export interface Column {
  readonly name: ColumnName;
  readonly values: readonly (number | null)[];
  /** Length of each bar, 0 to 1. */
  readonly bars: readonly number[];
  readonly best: ReadonlySet<number>;
}

const MORE_IS_BETTER: ReadonlySet<ColumnName> = new Set<ColumnName>(["clear", "compactness"]);

/** The figures to choose by, column by column; columns nobody has a value for are left out. */
export function columnsOf(proposals: readonly Proposal[]): Column[] {
  return COLUMNS.map((name) => columnOf(name, proposals)).filter((column) => column.values.some((value) => value !== null));
}

function columnOf(name: ColumnName, proposals: readonly Proposal[]): Column {
  const values = proposals.map((one) => valueOf(name, one));
  const known = values.filter((value) => value !== null);
  const target = MORE_IS_BETTER.has(name) ? Math.max(...known) : Math.min(...known);
  const longest = name === "clear" || name === "compactness" ? 1 : Math.max(...known, 0);
  return {
    name,
    values,
    bars: values.map((value) => (value === null || longest === 0 ? 0 : value / longest)),
    // Where all are the same there is nothing to choose by.
    best: new Set(known.every((value) => value === known[0]) ? [] : values.flatMap((value, k) => (value === target ? [k] : []))),
  };
}

export function valueOf(name: ColumnName, { figures }: Proposal): number | null {
  switch (name) {
    case "out_of_band":
      return figures.out_of_band;
    case "clear":
      return figures.clear_border_share;
    case "compactness":
      return figures.compactness;
    case "moved":
      return figures.moved;
    case "spread":
      return figures.residents ? figures.residents[1] - figures.residents[0] : null;
  }
}

/** The weighted sum the search made small; null where a score is missing. Residents moved count as a share of all. */
export function objective({ scores }: Proposal, goals: Readonly<Record<string, number>>, residents: number): number | null {
  let sum = 0;
  for (const [goal, weight] of Object.entries(goals)) {
    const score = scores[goal];
    if (score === undefined || score === null) return null;
    sum += (weight * score) / (goal === "moved" ? residents : 1);
  }
  return sum;
}

/** Seconds left, judged from the pace since the first news; null while there is no pace to judge by. */
export function secondsLeft(first: readonly [number, number], now: readonly [number, number]): number | null {
  const [gained, spent_ms] = [now[1] - first[1], now[0] - first[0]];
  return gained > 0 && spent_ms > 0 ? ((1 - now[1]) * spent_ms) / gained / 1000 : null;
}

/** The stretches of lines that other lines do not have: both consist of the same blocks' edges, so corners agree. */
export function onlyIn(lines: readonly Line[], others: readonly Line[]): Line[] {
  const known = new Set(others.flatMap((line) => line.slice(1).map((to, i) => segmentKey(line[i] ?? to, to))));
  const found: Line[] = [];
  for (const line of lines) {
    let run: (readonly [number, number])[] = [];
    for (let i = 1; i < line.length; i += 1) {
      const [from, to] = [line[i - 1], line[i]];
      if (from === undefined || to === undefined) continue;
      if (!known.has(segmentKey(from, to))) run = run.length === 0 ? [from, to] : [...run, to];
      else {
        if (run.length > 0) found.push(run);
        run = [];
      }
    }
    if (run.length > 0) found.push(run);
  }
  return found;
}

function segmentKey(a: readonly [number, number], b: readonly [number, number]): string {
  const [first, second] = [a, b].map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).sort();
  return `${first} ${second}`;
}

/** A plan's units with those of one level replaced by a proposal's; finer levels are gone. */
export function withLevel(index: UnitIndex, level: LevelName, units: readonly Unit[], higher: readonly LevelName[]): UnitIndex {
  const byLevel = new Map(higher.map((name) => [name, index.byLevel.get(name) ?? []] as const));
  const childrenOf = new Map<string, Unit[]>();
  for (const unit of units) {
    if (unit.parent === null) continue;
    const siblings = childrenOf.get(unit.parent);
    if (siblings === undefined) childrenOf.set(unit.parent, [unit]);
    else siblings.push(unit);
  }
  const above = higher[higher.length - 1];
  for (const [name, list] of byLevel) {
    // What the plan says of the number of children is about other children.
    if (name === above) byLevel.set(name, list.map((unit) => ({ ...unit, children: childrenOf.get(unit.id)?.length ?? 0, findings: [] })));
    else for (const unit of list) childrenOf.set(unit.id, [...(index.childrenOf.get(unit.id) ?? [])]);
  }
  byLevel.set(level, units);
  const byId = new Map([...byLevel.values()].flat().map((unit) => [unit.id, unit] as const));
  return { byId, byLevel, childrenOf };
}
