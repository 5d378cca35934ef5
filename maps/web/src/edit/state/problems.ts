/** Units that break a rule, one after the other. */

import { problems } from "../../model/bands";
import type { Unit } from "../../model/types";
import { zoomTo } from "../../state/commands";
import * as state from "../../state/state";
import { unitInScope } from "./scope";
import { model } from "./session";

export function openProblems(): readonly Unit[] {
  const plan = model.value;
  return problems(state.planUnits.value.byId.values()).filter((unit) => plan === null || unitInScope(plan, unit.id));
}

/** Selects the problem after the one selected, the worst first. */
export function nextProblem(): void {
  const found = openProblems();
  const at = found.findIndex(({ id }) => id === state.selectedId.peek());
  const next = found[(at + 1) % Math.max(1, found.length)];
  if (next === undefined) {
    state.notify("done", state.t("edit.no_problem"));
    return;
  }
  state.select(next);
  zoomTo(next.bounds);
}
