/** What is done with plans as wholes: which task is open, and its requests. Every change is sent with who makes it. */

import { batch, computed, signal } from "@preact/signals";
import { actorHeader, whoActs } from "../state/actor";
import { getJson, Problem, send } from "../state/client";
import { refresh } from "../state/load";
import * as state from "../state/state";
import type { Said } from "../messages/said";
import type { Bounds, Plan } from "../model/types";

/** Where plans as wholes are looked at. */
const HOME = "/";

export type Task = "compare" | "update" | "review" | "adopt";

/** The task open beside the map; it lives in the address. */
export const task = state.planTask;
export const taskName = computed<Task | null>(() => {
  const name = task.value?.split(":")[0];
  return name === "compare" || name === "update" || name === "review" || name === "adopt" ? name : null;
});

export function open(name: Task | null, of?: number): void {
  if (name !== null && window.location.pathname !== HOME) {
    // The editing view has no room for it; leaving asks where something is not sent yet.
    const query = new URLSearchParams(window.location.search);
    query.set("task", name);
    window.location.assign(`${HOME}?${query.toString()}`);
    return;
  }
  batch(() => {
    state.popover.value = null;
    state.proposing.value = false;
    task.value = name === null || of === undefined ? name : `${name}:${of}`;
  });
}

/** What waits for a click on the map: it gets the place and the unit there. */
export const placing = signal<((at: readonly [number, number], unit: string | null) => void) | null>(null);

/** Takes a click on the map for whoever waits for one; answers whether anyone did. */
export function place(at: readonly [number, number], unit: string | null): boolean {
  const then = placing.peek();
  placing.value = null;
  then?.(at, unit);
  return then !== null;
}

/** Sends a change as the actor and answers with its JSON, or null when nobody said who they are. */
export async function change<T>(path: string, body: object, method = "POST"): Promise<T | null> {
  const who = await whoActs();
  if (who === null) return null;
  const headers = { "Content-Type": "application/json", ...actorHeader(who) };
  const response = await send(path, state.language.peek(), { method, headers, body: JSON.stringify(body) });
  return response.status === 204 ? ({} as T) : ((await response.json()) as T);
}

/** Does a piece of work; a failure is told and answered with false. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await state.during("plans", work);
    return true;
  } catch (failure) {
    state.notify("error", failure instanceof Error ? failure.message : String(failure));
    return false;
  }
}

/** Reads the list of plans anew: others may have moved one on. */
export async function renewPlans(): Promise<void> {
  const district = state.districtId.peek();
  const found = await getJson<readonly Plan[]>(`/api/districts/${district}/plans`, state.language.peek());
  if (state.districtId.peek() === district) state.plans.value = found;
}

/** Makes a draft that begins as a copy of a plan, and opens it. */
export async function branch(plan: Plan, name: string): Promise<void> {
  const made = await change<{ readonly plan: number; readonly name: string }>("/api/plans", { base: plan.id, name });
  if (made === null) return;
  batch(() => {
    state.popover.value = null;
    state.planId.value = String(made.plan);
  });
  refresh();
  state.notify("done", state.t("plans.branched", { name: made.name }));
}

export async function rename(plan: Plan, name: string): Promise<void> {
  if ((await change(`/api/plans/${plan.id}`, { name }, "PATCH")) !== null) refresh();
}

export type Step = "submit" | "withdraw" | "archive" | "restore";

export async function step(plan: Plan, name: Step): Promise<void> {
  if ((await change(`/api/plans/${plan.id}/${name}`, {})) === null) return;
  state.notify("done", state.t(`plans.done.${name}`, { plan: state.named(plan) }));
  refresh();
}

export interface Hindrance {
  readonly kind: string;
  readonly unit: number | null;
  readonly said: Said;
  readonly bounds: Bounds | null;
  /** Whether a written reason for the unit is enough. */
  readonly needs_reason: boolean;
}

export function readiness(plan: Plan): Promise<readonly Hindrance[]> {
  return getJson(`/api/plans/${plan.id}/readiness`, state.language.peek());
}

export interface Adoption {
  readonly authority: string;
  readonly number: string;
  readonly date: string;
  readonly in_force_from: string;
  readonly reasons: Readonly<Record<string, string>>;
}

export async function adopt(plan: Plan, adoption: Adoption): Promise<void> {
  if ((await change(`/api/plans/${plan.id}/adopt`, adoption)) === null) return;
  batch(() => {
    task.value = null;
    state.notify("done", state.t("plans.done.adopt", { plan: state.named(plan) }));
  });
  refresh();
}

export interface Comment {
  readonly id: number;
  readonly at: readonly [number, number];
  readonly unit: number | null;
  readonly text: string;
  readonly author: { readonly name: string; readonly role: string };
  readonly created_at: string;
  readonly resolved_at: string | null;
  readonly replies: readonly {
    readonly id: number;
    readonly text: string;
    readonly author: { readonly name: string; readonly role: string };
    readonly created_at: string;
  }[];
}

export const comments = signal<readonly Comment[]>([]);
export const commentId = signal<number | null>(null);

export async function loadComments(plan: string): Promise<void> {
  const found = await getJson<readonly Comment[]>(`/api/plans/${plan}/comments`, state.language.peek());
  if (state.planId.peek() === plan) comments.value = found;
}

export { Problem };
