/** Compounds (小区) that cells split: asked of the platform when a plan is opened, and after every edit it has stored. */

import { effect, signal } from "@preact/signals";
import { getJson } from "../../state/client";
import * as state from "../../state/state";
import type { Bounds } from "../../model/types";
import { open, pulse } from "./session";
import { unsent } from "./sync";

export interface Share {
  readonly unit: number;
  readonly name: string;
  readonly name_en: string | null;
  readonly buildings: number;
  /** null where nobody is counted by building. */
  readonly residents: number | null;
}

export interface SplitCompound {
  readonly id: number;
  readonly name: string;
  readonly name_en: string | null;
  readonly bounds: Bounds;
  /** The unit with most of its buildings first. */
  readonly shares: readonly Share[];
}

/** null while they are not known yet. */
export const splitCompounds = signal<readonly SplitCompound[] | null>(null);

/** Strokes follow each other quickly; the list follows when the hand rests. */
const REST_MS = 200;
let timer: ReturnType<typeof setTimeout> | undefined;
let shown: string | null = null;

export function startCompounds(): void {
  effect(() => {
    void pulse.value;
    const [here, waiting] = [open.value, unsent.value];
    if (here === null) {
      splitCompounds.value = null;
      shown = null;
    }
    if (here === null || waiting > 0) return;
    const wanted = `${here.plan}@${here.ledger.revision}`;
    if (wanted === shown) return;
    clearTimeout(timer);
    timer = setTimeout(() => void load(here.plan, wanted), REST_MS);
  });
}

async function load(plan: string, wanted: string): Promise<void> {
  shown = wanted;
  try {
    const found = await getJson<readonly SplitCompound[]>(`/api/plans/${plan}/split-compounds`, state.language.peek());
    if (shown === wanted && open.peek()?.plan === plan) splitCompounds.value = found;
  } catch {
    shown = null; // the list stands as it was; the next edit asks again
  }
}
