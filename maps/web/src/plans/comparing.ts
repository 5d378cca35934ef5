/** Two plans side by side: the open one is the new, another the old; what differs is asked of the server. */

import { batch, computed, effect, signal } from "@preact/signals";
import { LEVELS, type FeatureCollection, type LevelName, type Plan, type UnitFeature } from "../model/types";
import { boundsOf, indexUnits, NO_UNITS, type UnitIndex } from "../model/units";
import { shortName } from "../messages/translate";
import { zoomAround } from "../state/commands";
import { getJson } from "../state/client";
import * as state from "../state/state";
import { cellKey, moves, newerBase, type Areas, type ComparedUnit, type Comparison, type MatrixRow } from "./model";
import { attempt, loadComments, comments, open, taskName } from "./state";

export const comparison = signal<Comparison | null>(null);
export const areas = signal<Areas | null>(null);
export const oldUnits = signal<UnitIndex>(NO_UNITS);
export const matrixOpen = signal(false);
/** The move pointed at or flown to. */
export const focused = signal<string | null>(null);

/** The plan compared with: named in the address, else the base, else the plan in force, else any other. */
export const oldPlan = computed<Plan | null>(() => {
  const plans = state.plans.value ?? [];
  const shown = state.plan.value;
  if (taskName.value === "update") return plans.find((one) => one.id === shown?.base_id) ?? null;
  if (taskName.value !== "compare") return null;
  const named = Number(state.planTask.value?.split(":")[1]);
  const others = plans.filter((one) => one.id !== shown?.id);
  return (
    others.find((one) => one.id === named) ??
    others.find((one) => one.id === shown?.base_id) ??
    others.find((one) => one.in_force) ??
    others[0] ??
    null
  );
});

/** The plan compared: the open one, or in bringing up to date the plan in force. */
export const newPlan = computed<Plan | null>(() => {
  const shown = state.plan.value;
  return taskName.value === "update" && shown !== null ? newerBase(shown, state.plans.value ?? []) : shown;
});

export const levels = computed<readonly LevelName[]>(() =>
  LEVELS.filter((level) => oldPlan.value?.levels.includes(level) === true && newPlan.value?.levels.includes(level) === true),
);
export const level = computed<LevelName | null>(() =>
  levels.value.includes(state.level.value) ? state.level.value : (levels.value.at(-1) ?? null),
);
const names = computed(() => {
  const of = (side: "old" | "new"): ReadonlyMap<number, ComparedUnit> => new Map(comparison.value?.units[side].map((unit) => [unit.id, unit]));
  return { old: of("old"), new: of("new") };
});
export const listed = computed<readonly MatrixRow[]>(() => moves(comparison.value?.matrix[level.value ?? "cell"] ?? []));

/** What is compared, as it is asked for; null while there is nothing. A list of plans read anew changes nothing here. */
const pair = computed<string | null>(() => {
  const [old, now] = [oldPlan.value, newPlan.value];
  return old === null || now === null || levels.value.length === 0 ? null : `${old.id}/compare/${now.id}`;
});
const revisions = computed(() => `${oldPlan.value?.revision}/${newPlan.value?.revision}`);

/** Keeps comparison and comments in step with the plan and the task. */
export function startPlans(): void {
  effect(() => {
    const [key] = [pair.value, revisions.value];
    comparison.value = null;
    oldUnits.value = NO_UNITS;
    const old = oldPlan.peek();
    if (old !== null && key !== null) void attempt(() => load(old, key));
  });
  effect(() => {
    const [key, at] = [pair.value, level.value, revisions.value];
    areas.value = null;
    focused.value = null;
    if (key !== null && at !== null) void attempt(() => loadAreas(key, at));
  });
  effect(() => {
    // What the map names is what is compared.
    if (comparison.value !== null && level.value !== null) state.level.value = level.value;
  });
  effect(() => {
    const plan = state.planId.value;
    const wanted = taskName.value === "review" && state.plan.value !== null;
    if (!wanted) comments.value = [];
    else if (plan !== null) void attempt(() => loadComments(plan));
  });
  effect(() => {
    // One thing beside the map at a time.
    if (state.proposing.value && taskName.peek() !== null) open(null);
  });
}

async function load(old: Plan, key: string): Promise<void> {
  const [found, units] = await Promise.all([getJson<Comparison>(`/api/plans/${key}`, state.language.peek()), unitsOf(old)]);
  if (pair.peek() !== key) return;
  batch(() => {
    oldUnits.value = units;
    comparison.value = found;
  });
}

async function unitsOf({ id, levels: all }: Plan): Promise<UnitIndex> {
  const path = (one: LevelName): string => `/api/plans/${id}/units?level=${one}`;
  return indexUnits(await Promise.all(all.map((one) => getJson<FeatureCollection<UnitFeature>>(path(one), state.language.peek()))));
}

async function loadAreas(key: string, at: LevelName): Promise<void> {
  const found = await getJson<Areas>(`/api/plans/${key}/areas?level=${at}`, state.language.peek());
  if (pair.peek() === key && level.peek() === at) areas.value = found;
}

/** Shows where one unit gives to another. */
export function flyTo(from: number, to: number): void {
  focused.value = cellKey(from, to);
  const found = areas.peek()?.features.filter(({ properties }) => properties.old === from && properties.new === to) ?? [];
  const polygons = found.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates));
  if (polygons.length > 0) zoomAround(boundsOf(polygons));
}

/** The name without the word for its level, where all names are of one level. */
export function shortOf(id: number, side: "old" | "new"): string {
  const unit = names.value[side].get(id);
  return unit === undefined ? `#${id}` : shortName(unit, state.language.value);
}

/** A unit's name in the old or the new plan. */
export function nameOf(id: number, side: "old" | "new"): string {
  const unit = names.value[side].get(id);
  return unit === undefined ? `#${id}` : state.named(unit);
}
