/** Bringing a draft up to date with the plan in force: conflicts, and whose side is taken in each. */

import { batch, signal } from "@preact/signals";
import type { PatternName } from "../map/patterns";
import type { FeatureCollection, MultiPolygonGeometry, Plan, PolygonGeometry } from "../model/types";
import { Problem } from "../state/client";
import { marked } from "../state/commands";
import { refresh } from "../state/load";
import * as state from "../state/state";
import { change, open } from "./state";

export type Side = "mine" | "theirs";

/** Conflicts on the map: crossed while undecided, then hatched as the side that is taken. */
export const PATTERNS: Readonly<Record<Side | "open", PatternName>> = { open: "other", mine: "changed", theirs: "below" };

export interface Conflict {
  readonly type: "Feature";
  /** The block both sides gave to another unit. */
  readonly id: number | string;
  readonly geometry: PolygonGeometry | MultiPolygonGeometry;
  readonly properties: {
    readonly mine: number | null;
    readonly theirs: number | null;
    readonly mine_name: string | null;
    readonly mine_name_en: string | null;
    readonly theirs_name: string | null;
    readonly theirs_name_en: string | null;
    readonly residents: number | null;
  };
}

export const conflicts = signal<readonly Conflict[]>([]);
export const sides = signal<Readonly<Record<string, Side>>>({});

export function sideOf(one: Conflict): Side | null {
  return sides.value[String(one.id)] ?? null;
}

export function take(side: Side, ones: readonly Conflict[]): void {
  sides.value = { ...sides.peek(), ...Object.fromEntries(ones.map((one) => [String(one.id), side])) };
}

export function forget(): void {
  batch(() => {
    conflicts.value = [];
    sides.value = {};
    marked.value = null;
  });
}

/** Merges the plan in force into the draft; conflicts that are not decided come back to be decided. */
export async function update(plan: Plan): Promise<void> {
  try {
    const resolve = sides.peek();
    if ((await change(`/api/plans/${plan.id}/update`, Object.keys(resolve).length > 0 ? { resolve } : {})) === null) return;
  } catch (failure) {
    const found = failure instanceof Problem && failure.status === 409 ? failure.said["conflicts"] : undefined;
    if (found === undefined) throw failure;
    conflicts.value = (found as FeatureCollection<Conflict>).features;
    return;
  }
  forget();
  open(null);
  state.notify("done", state.t("plans.done.update", { plan: state.named(plan) }));
  refresh();
}
