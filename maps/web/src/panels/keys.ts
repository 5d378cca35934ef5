/** Keys that work wherever the focus is. */

import { LEVELS } from "../model/types";
import { open, placing } from "../plans/state";
import { fitDistrict, zoomBy } from "../state/commands";
import * as state from "../state/state";
import { SEARCH_ID } from "./Search";

/** Acts on a key, except while something is typed or chosen. */
export function onKey(event: KeyboardEvent): void {
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
  m: () => toggle("paper"),
  e: () => toggle("export"),
  i: () => toggle("import"),
  t: () => (state.tableOpen.value = !state.tableOpen.peek()),
  p: () => (state.proposing.value = !state.proposing.peek() && !state.noPlan.peek()),
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
  const levels = state.overlay.peek() === null ? state.plan.peek()?.levels : [...(state.overlay.peek()?.byLevel.keys() ?? [])];
  if (level !== undefined && levels?.includes(level)) state.level.value = level;
}

/** Leaves the innermost thing: an open panel, a service point, the unit, then the proposals. */
function escape(): void {
  if (placing.peek() !== null) placing.value = null;
  else if (state.popover.peek() !== null) state.popover.value = null;
  else if (state.servicePoint.peek() !== null) state.servicePoint.value = null;
  else if (state.selectedId.peek() !== null) state.select(null);
  else if (state.planTask.peek() !== null) open(null);
  else state.proposing.value = false;
}
