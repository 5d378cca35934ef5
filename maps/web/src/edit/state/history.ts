/** The plan's log of edits, and the plan as it was after one of them. */

import { effect, signal } from "@preact/signals";
import type { FeatureCollection, UnitFeature } from "../../model/types";
import { indexUnits, type UnitIndex } from "../../model/units";
import { getJson } from "../../state/client";
import * as state from "../../state/state";
import type { EditSummary } from "../model/types";
import { open, pulse } from "./session";
import { connection, sentence, submit, unsent } from "./sync";

const PAGE = 40;

export const historyOpen = signal(false);
export const edits = signal<readonly EditSummary[]>([]);
export const earlier = signal<number | null>(null);
/** A revision looked at instead of the plan, with its units. */
export const viewed = signal<{ readonly edit: EditSummary; readonly units: UnitIndex } | null>(null);

interface Page {
  readonly edits: readonly EditSummary[];
  readonly next: number | null;
}

export function startHistory(): void {
  effect(() => {
    const plan = open.value?.plan ?? null;
    viewed.value = null;
    edits.value = [];
    earlier.value = null;
    // Read anew once an edit is stored.
    void [pulse.value, unsent.value];
    if (historyOpen.value && plan !== null && unsent.value === 0 && connection.value === "live") void load(plan, null);
  });
}

async function load(plan: string, before: number | null): Promise<void> {
  try {
    const from = before === null ? "" : `&before=${before}`;
    const page = await getJson<Page>(`/api/plans/${plan}/edits?limit=${PAGE}${from}`, state.language.peek());
    if (open.peek()?.plan !== plan) return;
    edits.value = before === null ? page.edits : [...edits.peek(), ...page.edits];
    earlier.value = page.next;
  } catch (failure) {
    state.notify("error", sentence(failure));
  }
}

export function loadEarlier(): void {
  const [plan, before] = [open.peek()?.plan, earlier.peek()];
  if (plan !== undefined && before !== null) void load(plan, before);
}

/** Shows the plan as it was right after an edit. */
export async function view(edit: EditSummary): Promise<void> {
  const plan = open.peek();
  if (plan === null) return;
  try {
    const collections = await state.during("history", () =>
      Promise.all(plan.model.levels.map((level) => getJson<FeatureCollection<UnitFeature>>(`/api/plans/${plan.plan}/units?level=${level}&revision=${edit.revision}`, state.language.peek()))),
    );
    if (open.peek() === plan) viewed.value = { edit, units: indexUnits(collections) };
  } catch (failure) {
    state.notify("error", sentence(failure));
  }
}

/** Takes back everything after an edit, as one edit that can be undone. */
export function revertTo(edit: EditSummary): void {
  viewed.value = null;
  submit({ operation: "revert", arguments: { revision: edit.revision } });
}
