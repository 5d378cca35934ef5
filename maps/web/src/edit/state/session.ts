/** The plan under edit: its model, what is foreseen, and which tool is in hand. */

import { batch, computed, signal } from "@preact/signals";
import type { Unit } from "../../model/types";
import { neighboursOf } from "../model/contiguity";
import type { Foreseen } from "../model/foresight";
import type { Ledger } from "../model/ledger";
import type { PlanModel } from "../model/plan_model";
import type { Refusal } from "../model/types";
import { freeColour, liveUnit, patched } from "../model/unit_index";
import * as state from "../../state/state";

export const TOOLS = ["select", "brush", "rectangle", "lasso", "border", "new", "split", "reshape", "cut", "merge", "measure"] as const;
export type ToolName = (typeof TOOLS)[number];

export interface Open {
  readonly plan: string;
  readonly ledger: Ledger;
  readonly model: PlanModel;
  /** Only drafts are edited; other plans are looked at. */
  readonly editable: boolean;
}

export const open = signal<Open | null>(null);
/** Goes up whenever the model changes; reading it subscribes to the plan's figures. */
export const pulse = signal(0);
export const tool = signal<ToolName>("select");
/** Radius of the brush on the screen; 0 takes just the blocks under the pointer. */
export const brush_px = signal(0);
export const BRUSHES = [0, 12, 24, 48, 96] as const;
export const onlyCommunity = signal(false);
export const onlyUnassigned = signal(false);

/** What the tool in hand would do. */
export const foreseen = signal<Foreseen | null>(null);
/** Why the last stroke was not done, beside the tools until the next. */
export const refused = signal<Refusal | null>(null);
/** Whether a line has ended, so that what it would do waits for a yes. */
export const awaiting = signal(false);
/** Whether that cannot be shown, for want of a connection; it is kept and sent later all the same. */
export const unseen = signal(false);
/** Whether the line as drawn so far would do nothing; why is told once it ends. */
export const notYet = signal(false);
/** Units chosen to be merged, the one that stays first. */
export const chosen = signal<readonly string[]>([]);

export const model = computed<PlanModel | null>(() => open.value?.model ?? null);
/** The unit that strokes go to: the one selected, where it has blocks of its own. */
export const target = computed<string | null>(() => {
  void pulse.value;
  const [plan, id] = [model.value, state.selectedId.value];
  return plan !== null && id !== null && plan.row(id)?.level === plan.lowest ? id : null;
});

export const editable = computed(() => open.value?.editable ?? false);

/** Looking and measuring change nothing. */
export function canUse(name: ToolName): boolean {
  return editable.value || name === "select" || name === "measure";
}

type Redraw = (blocks: readonly number[] | null) => void;
const canvases = new Set<Redraw>();

/** Called with the blocks whose look changed, or null when everything did. */
export function onRedraw(redraw: Redraw): () => void {
  canvases.add(redraw);
  return () => canvases.delete(redraw);
}

export function redrawAll(): void {
  canvases.forEach((redraw) => redraw(null));
}

/** Brings lists, labels and the map in step with the model after it changed. */
export function changed(fromServer: readonly Unit[] = [], reshaped = false): void {
  const plan = model.peek();
  if (plan === null) return;
  const touched = plan.takeTouched();
  const known = state.planUnits.peek().byId;
  const server = new Map(fromServer.map((unit) => [unit.id, unit]));
  const units: Unit[] = [];
  const removed: string[] = [];
  for (const id of new Set([...touched.units, ...server.keys()])) {
    const before = server.get(id) ?? known.get(id);
    const live = liveUnit(plan, id, before, before?.colour ?? colourFor(plan, id));
    if (live === null) removed.push(id);
    else units.push(live);
  }
  batch(() => {
    state.planUnits.value = patched(state.planUnits.peek(), units, removed);
    if (removed.includes(state.selectedId.peek() ?? "")) state.selectedId.value = null;
    pulse.value += 1;
  });
  const recoloured = units.some((unit) => known.get(unit.id)?.colour !== unit.colour || signChanged(known.get(unit.id), unit));
  const blocks = recoloured ? [...touched.blocks, ...units.filter(({ level }) => level === plan.lowest).flatMap(({ id }) => plan.blocksOf(id))] : touched.blocks;
  canvases.forEach((redraw) => redraw(reshaped ? null : blocks));
}

/** A finding that comes or goes changes the hatch of the whole unit. */
function signChanged(before: Unit | undefined, after: Unit): boolean {
  return before === undefined || before.type !== after.type || before.findings.map(({ rule, value, high }) => `${rule}${(value ?? 0) > (high ?? 0)}`).join() !== after.findings.map(({ rule, value, high }) => `${rule}${(value ?? 0) > (high ?? 0)}`).join();
}

function colourFor(plan: PlanModel, id: string): number {
  const known = state.planUnits.peek().byId;
  return freeColour([...neighboursOf(plan, id).keys()].map((other) => known.get(other)?.colour));
}

/** Forgets what a tool was about to do; the plan was never touched. */
export function clearForeseen(): void {
  batch(() => {
    foreseen.value = null;
    awaiting.value = unseen.value = notYet.value = false;
    chosen.value = [];
  });
}
