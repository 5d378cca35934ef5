/** The frame: rail left, plan and search on top, inspector right, scale and coordinates below. */

import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import { LEVELS } from "../model/types";
import { fitDistrict, zoomBy } from "../state/commands";
import * as state from "../state/state";
import { t } from "../state/state";
import { Inspector } from "./Inspector";
import { MAP_ID, MapPane } from "./MapPane";
import { Notices } from "./Notices";
import { Rail } from "./Rail";
import { SEARCH_ID } from "./Search";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { UnitTable } from "./UnitTable";

export function App(): JSX.Element {
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  useTitle();
  return (
    <div class={`frame ${state.tableOpen.value && state.plan.value !== null ? "with-table" : ""}`}>
      <a class="skip" href={`#${MAP_ID}`}>
        {t("app.skip")}
      </a>
      <TopBar />
      <Rail />
      <MapPane />
      {state.tableOpen.value && <UnitTable />}
      <Inspector />
      <StatusBar />
      <Notices />
    </div>
  );
}

function useTitle(): void {
  const parts = [state.selected.value, state.plan.value, state.district.value].filter((one) => one !== null);
  const title = [...parts.map(state.named), t("app.name")].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** Keys that work wherever the focus is, except while typing. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") {
    escape();
    return;
  }
  const target = event.target;
  const ticking = target instanceof HTMLInputElement && (target.type === "checkbox" || target.type === "radio");
  const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if ((typing && !ticking) || target instanceof HTMLSelectElement) return;
  const act = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  "/": () => document.getElementById(SEARCH_ID)?.focus(),
  "?": () => toggle("keys"),
  l: () => toggle("layers"),
  e: () => toggle("export"),
  i: () => toggle("import"),
  t: () => (state.tableOpen.value = !state.tableOpen.peek()),
  "0": fitDistrict,
  "+": () => zoomBy(1),
  "=": () => zoomBy(1),
  "-": () => zoomBy(-1),
  "1": () => chooseLevel(0),
  "2": () => chooseLevel(1),
  "3": () => chooseLevel(2),
};

function toggle(name: NonNullable<state.Popover>): void {
  state.popover.value = state.popover.peek() === name ? null : name;
}

function chooseLevel(position: number): void {
  const level = LEVELS[position];
  if (level !== undefined && state.plan.peek()?.levels.includes(level)) state.level.value = level;
}

/** Leaves the innermost thing: an open panel, then a service point, then the unit. */
function escape(): void {
  if (state.popover.peek() !== null) state.popover.value = null;
  else if (state.servicePoint.peek() !== null) state.servicePoint.value = null;
  else state.select(null);
}
