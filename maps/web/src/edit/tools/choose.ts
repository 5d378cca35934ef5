/** Selecting a unit, and choosing several to merge. */

import { batch } from "@preact/signals";
import * as state from "../../state/state";
import { foresee } from "../model/foresight";
import type { PlanModel } from "../model/plan_model";
import { chosen, clearForeseen, foreseen, model, refused } from "../state/session";
import { submit } from "../state/sync";
import type { Tool, Touch } from "./tool";

/** A press may become a pan: the click says that it did not. */
export function selectTool(): Tool {
  return { cursor: "", press: "none", down: () => false, drag: () => undefined, up: () => undefined, move: () => undefined, cancel: () => false, confirm: () => false, backward: () => false };
}

export function mergeTool(): Tool {
  const leave = (): boolean => {
    const was = chosen.peek().length > 0;
    clearForeseen();
    return was;
  };
  return {
    ...selectTool(),
    cursor: "pointer",
    press: "choose",
    cancel: leave,
    confirm: () => {
      const shown = foreseen.peek();
      leave();
      if (shown !== null) submit(shown.operation);
      return shown !== null;
    },
  };
}

export function unitUnder(plan: PlanModel, { at }: Touch): string | null {
  const block = plan.blocks.under(...at);
  return block < 0 ? null : plan.unitOf(block, state.level.peek());
}

/** Adds a unit to those that are merged, or takes it out; the first chosen stays. */
export function toggleChosen(id: string): void {
  const now = chosen.peek();
  const next = now.includes(id) ? now.filter((one) => one !== id) : [...now.filter((one) => sameLevel(one, id)), id];
  const plan = model.peek();
  const [into] = next;
  const shown = plan === null || into === undefined || next.length < 2 ? null : foresee(plan, { operation: "merge", arguments: { units: next, into } });
  batch(() => {
    chosen.value = next;
    refused.value = shown !== null && "key" in shown ? shown : null;
    foreseen.value = shown === null || "key" in shown ? null : shown;
  });
}

function sameLevel(a: string, b: string): boolean {
  return model.peek()?.row(a)?.level === model.peek()?.row(b)?.level;
}
