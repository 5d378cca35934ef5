/** "My streets only": what one works on, kept for each plan by the browser. Nothing chosen means everything. */

import { effect, signal } from "@preact/signals";
import * as state from "../../state/state";
import type { PlanModel } from "../model/plan_model";

export const myStreets = signal<ReadonlySet<string>>(new Set());
export const onlyMine = signal(false);

const key = (): string => `wangge.streets.${state.districtId.peek() ?? ""}`;

export function startScope(): void {
  effect(() => {
    if (state.districtId.value === null) return;
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? "[]");
      myStreets.value = new Set(Array.isArray(kept) ? kept.map(String) : []);
    } catch {
      myStreets.value = new Set();
    }
  });
}

export function toggleStreet(id: string): void {
  const next = new Set(myStreets.peek());
  if (!next.delete(id)) next.add(id);
  myStreets.value = next;
  if (next.size === 0) onlyMine.value = false;
  try {
    localStorage.setItem(key(), JSON.stringify([...next]));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export function isNarrowed(): boolean {
  return onlyMine.value && myStreets.value.size > 0;
}

/** Whether a block lies in the streets one works on. */
export function inScope(plan: PlanModel, block: number): boolean {
  if (!onlyMine.peek() || myStreets.peek().size === 0) return true;
  const top = plan.levels[0];
  return top === undefined || myStreets.peek().has(plan.unitOf(block, top) ?? "");
}

/** Whether a unit lies in them, or holds one of them. */
export function unitInScope(plan: PlanModel, id: string): boolean {
  if (!isNarrowed()) return true;
  for (let one: string | null = id; one !== null; one = plan.row(one)?.parent_id ?? null) if (myStreets.value.has(one)) return true;
  return false;
}
