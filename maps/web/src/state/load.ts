/** Loads districts, plans, units and figures as the state asks for them. */

import { batch, effect } from "@preact/signals";
import type { District, FeatureCollection, Figures, FigureSummary, LevelName, Plan, UnitFeature } from "../model/types";
import { indexUnits, NO_UNITS } from "../model/units";
import { getJson } from "./client";
import { loadMessages } from "../messages/load_messages";
import type { Language } from "../model/numbers";
import * as state from "./state";

/** Figures the page draws itself, from the units it holds. */
export const OWN_FIGURES: readonly string[] = ["tints"];

export function start(): void {
  void loadDistricts();
  effect(() => {
    const id = state.districtId.value;
    if (state.districts.value !== null && id !== null) void loadPlans(id);
  });
  effect(() => {
    const id = state.planId.value;
    if (state.plan.value !== null && id !== null && state.unitsOf.peek() !== id) void loadUnits(id);
  });
  effect(() => {
    const [plan, measure, level] = [state.planId.value, state.figure.value, state.level.value];
    if (state.unitsOf.value === plan && plan !== null) void loadFigures(plan, measure, level);
  });
}

async function loadDistricts(): Promise<void> {
  await attempt("districts", loadDistricts, async () => {
    const found = await getJson<District[]>("/api/districts", state.language.peek());
    batch(() => {
      state.districts.value = found;
      const wanted = state.districtId.peek();
      const known = found.some((one) => String(one.id) === wanted);
      if (!known) state.districtId.value = found[0] === undefined ? null : String(found[0].id);
    });
  });
}

/** Asks for everything again, after an import; the view, the plan and the selection stay. */
export function refresh(): void {
  state.unitsOf.value = null;
  void loadDistricts();
}

async function loadPlans(district: string): Promise<void> {
  await attempt("plans", () => loadPlans(district), async () => {
    const found = await getJson<Plan[]>(`/api/districts/${district}/plans`, state.language.peek());
    if (state.districtId.peek() !== district) return;
    batch(() => {
      state.plans.value = found;
      const wanted = found.find((plan) => String(plan.id) === state.planId.peek());
      choosePlan(wanted ?? found.find((plan) => plan.in_force) ?? found[0] ?? null);
    });
  });
}

/** Shows a plan; the level stays where the plan has it. */
export function choosePlan(plan: Plan | null): void {
  batch(() => {
    if (plan === null || String(plan.id) !== state.planId.peek()) {
      state.unitsOf.value = null;
      if (plan === null) state.planUnits.value = NO_UNITS;
    }
    state.planId.value = plan === null ? null : String(plan.id);
    if (plan !== null) state.level.value = state.levelIn(plan, state.level.peek());
  });
}

export function chooseDistrict(id: string): void {
  if (id === state.districtId.peek()) return;
  batch(() => {
    state.plans.value = null;
    state.planId.value = null;
    state.planUnits.value = NO_UNITS;
    state.unitsOf.value = null;
    state.selectedId.value = null;
    state.place.value = null;
    state.districtId.value = id;
  });
}

/** Speaks another language once its words have come; the old one stays when they do not. */
export async function chooseLanguage(language: Language): Promise<void> {
  await attempt("words", () => chooseLanguage(language), async () => {
    await loadMessages(language);
    state.language.value = language;
  });
}

async function loadUnits(plan: string): Promise<void> {
  await attempt("units", () => loadUnits(plan), async () => {
    const levels = state.plan.peek()?.levels ?? [];
    const language = state.language.peek();
    const [collections, list] = await Promise.all([
      Promise.all(
        levels.map((level) =>
          getJson<FeatureCollection<UnitFeature>>(`/api/plans/${plan}/units?level=${level}`, language),
        ),
      ),
      getJson<FigureSummary[]>(`/api/plans/${plan}/figures`, language),
    ]);
    if (state.planId.peek() !== plan) return;
    const index = indexUnits(collections);
    batch(() => {
      state.planUnits.value = index;
      state.unitsOf.value = plan;
      state.figureList.value = list;
      state.hoveredId.value = null;
      if (state.proposalId.peek() === null && state.selectedId.peek() !== null && !index.byId.has(state.selectedId.peek() ?? "")) {
        state.selectedId.value = null;
        state.notify("done", state.t("unit.not_found"));
      }
    });
  });
}

async function loadFigures(plan: string, measure: string | null, level: LevelName): Promise<void> {
  if (measure === null || OWN_FIGURES.includes(measure)) {
    state.figures.value = null;
    return;
  }
  await attempt("figures", () => loadFigures(plan, measure, level), async () => {
    const path = `/api/plans/${plan}/figures?measure=${encodeURIComponent(measure)}&level=${level}`;
    const found = await getJson<Figures>(path, state.language.peek());
    const current = state.planId.peek() === plan && state.figure.peek() === measure && state.level.peek() === level;
    if (current) state.figures.value = found;
  });
}

async function attempt(what: string, again: () => Promise<void>, work: () => Promise<void>): Promise<void> {
  try {
    await state.during(what, work);
  } catch (problem) {
    state.notify("error", problem instanceof Error ? problem.message : String(problem), { label: "error.retry", run: () => void again() });
  }
}
