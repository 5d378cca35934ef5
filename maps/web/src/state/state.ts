/** What the page knows and shows: one signal for each fact, one place that changes each. */

import { batch, computed, effect, signal } from "@preact/signals";
import { saidText, type Said } from "../messages/said";
import { nameIn, preferredLanguage, translate, type MessageKey, type Parameters } from "../messages/translate";
import { readAddress, writeAddress, type Address, type CoordinateSystem, type Place } from "../model/address";
import type { Language } from "../model/numbers";
import { LEVELS, type District, type Figures, type FigureSummary, type LevelName, type Plan, type ServicePoint, type Unit } from "../model/types";
import { NO_UNITS, type UnitIndex } from "../model/units";

const opened = readAddress(window.location.search);

export const language = signal<Language>(opened.language ?? preferredLanguage(navigator.languages));
export const districts = signal<readonly District[] | null>(null);
export const districtId = signal<string | null>(opened.district);
export const plans = signal<readonly Plan[] | null>(null);
export const planId = signal<string | null>(opened.plan);
/** Units of the plan that is open. */
export const planUnits = signal<UnitIndex>(NO_UNITS);
/** Units of the proposal that is looked at instead, with the plan's levels above. */
export const overlay = signal<UnitIndex | null>(null);
/** What the map and the panels show. */
export const units = computed<UnitIndex>(() => overlay.value ?? planUnits.value);
export const unitsOf = signal<string | null>(null);
export const level = signal<LevelName>(opened.level ?? "cell");
export const figure = signal<string | null>(opened.figure);
export const figureList = signal<readonly FigureSummary[]>([]);
export const figures = signal<Figures | null>(null);
export const selectedId = signal<string | null>(opened.unit);
export const hoveredId = signal<string | null>(null);
export const hidden = signal<ReadonlySet<string>>(new Set(opened.hidden));
export const tableOpen = signal(opened.table);
/** Whether the view for proposals is open. */
export const proposing = signal(opened.job !== null);
export const jobId = signal<string | null>(opened.job);
export const proposalId = signal<string | null>(opened.proposal);
export const planTask = signal<string | null>(opened.task);
export const coordinates = signal<CoordinateSystem>(opened.coordinates);
export const place = signal<Place | null>(opened.place);
/** The service point chosen last; choosing a unit lets it go. */
export const servicePoint = signal<ServicePoint | null>(null);
/** The pointer's place in the district's planar CRS, for the read-out below the map. */
export const pointer = signal<readonly [number, number] | null>(null);

export type Popover = "layers" | "export" | "import" | "keys" | "plans" | "paper" | null;
export const popover = signal<Popover>(null);

export const district = computed<District | null>(
  () => districts.value?.find((one) => String(one.id) === districtId.value) ?? null,
);
export const plan = computed<Plan | null>(() => plans.value?.find((one) => String(one.id) === planId.value) ?? null);
/** True once it is known that there is nothing to show; while loading, the frame stands as if there were. */
export const noDistrict = computed(() => districts.value?.length === 0);
export const noPlan = computed(() => noDistrict.value || plans.value?.length === 0);
export const selected = computed<Unit | null>(() => units.value.byId.get(selectedId.value ?? "") ?? null);
export const hovered = computed<Unit | null>(() => units.value.byId.get(hoveredId.value ?? "") ?? null);
export const shownUnits = computed<readonly Unit[]>(() => units.value.byLevel.get(level.value) ?? []);

/** A message in the language in use; reading it subscribes to the language. */
export function t(key: MessageKey, parameters?: Parameters): string {
  return translate(language.value, key, parameters);
}

/** The name in the language in use of a district, plan or unit that the server calls by its Chinese one. */
export function byName(name: string): string {
  if (language.peek() !== "en") return name;
  const known = [...(districts.peek() ?? []), ...(plans.peek() ?? []), ...planUnits.peek().byId.values()];
  const found = known.find((one) => one.name === name);
  return found === undefined ? name : nameIn("en", found);
}

/** A sentence of the server in the language in use. */
export function saying(said: Said): string {
  return saidText(language.value, said, byName);
}

export function named(thing: { readonly name: string; readonly name_en?: string | null }): string {
  return nameIn(language.value, thing);
}

/** The level to show in a plan: the one in use where the plan has it, else the plan's finest. */
export function levelIn(chosen: Plan, wanted: LevelName): LevelName {
  if (chosen.levels.includes(wanted)) return wanted;
  return [...LEVELS].reverse().find((name) => chosen.levels.includes(name)) ?? wanted;
}

export interface Notice {
  readonly id: number;
  readonly kind: "error" | "done";
  readonly text: string;
  readonly action: NoticeAction | null;
}

/** What a notice offers to do; a notice that offers something stays until it is closed. */
export interface NoticeAction {
  readonly label: MessageKey;
  readonly run: () => void;
}

export const notices = signal<readonly Notice[]>([]);
let lastNotice = 0;

export function notify(kind: Notice["kind"], text: string, action: NoticeAction | null = null): void {
  if (notices.peek().some((notice) => notice.text === text)) return;
  lastNotice += 1;
  notices.value = [...notices.peek(), { id: lastNotice, kind, text, action }];
}

export function dismiss(id: number): void {
  notices.value = notices.peek().filter((notice) => notice.id !== id);
}

/** Requests under way, by what they are for. */
export const working = signal<ReadonlyMap<string, number>>(new Map());

/** Counts a piece of work while it runs, so that the page can say that it waits. */
export async function during<T>(what: string, work: () => Promise<T>): Promise<T> {
  const change = (by: number): void => {
    const next = new Map(working.peek());
    const running = (next.get(what) ?? 0) + by;
    if (running > 0) next.set(what, running);
    else next.delete(what);
    working.value = next;
  };
  change(1);
  try {
    return await work();
  } finally {
    change(-1);
  }
}

export function toggleLayer(name: string): void {
  const next = new Set(hidden.peek());
  if (!next.delete(name)) next.add(name);
  hidden.value = next;
}

/** Selects a unit and shows its level when another level is shown. */
export function select(unit: Unit | null): void {
  batch(() => {
    selectedId.value = unit?.id ?? null;
    servicePoint.value = null;
    if (unit !== null && unit.level !== level.peek()) level.value = unit.level;
  });
}

function currentAddress(): Address {
  return {
    district: districtId.value,
    plan: planId.value,
    level: level.value,
    figure: figure.value,
    unit: selectedId.value,
    place: place.value,
    language: language.value,
    hidden: [...hidden.value].sort(),
    table: tableOpen.value,
    coordinates: coordinates.value,
    job: proposing.value ? jobId.value : null,
    proposal: proposing.value ? proposalId.value : null,
    task: planTask.value,
  };
}

/** Keeps the address and the document's language in step with the state. */
export function keepAddress(): () => void {
  return effect(() => {
    document.documentElement.lang = language.value;
    const address = writeAddress(currentAddress());
    if (address !== window.location.search) {
      window.history.replaceState(null, "", `${window.location.pathname}${address}`);
    }
  });
}

const PLAN = ["districts", "plans", "units", "blocks"] as const;

/** Waits until the plan chosen is there to be worked on, or could not be had: the ground under it comes after it. */
export function planShown(): Promise<void> {
  return new Promise((done) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      clearTimeout(timer);
      if (PLAN.some((what) => working.value.has(what))) return;
      // In the step in which one of them ends the next may begin.
      timer = setTimeout(() => {
        stop();
        done();
      });
    });
  });
}
