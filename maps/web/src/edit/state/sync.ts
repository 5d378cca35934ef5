/** Between the page and the platform: loads the plan's blocks, sends edits in order, takes in what others do. */

import { batch, effect, signal } from "@preact/signals";
import { readUnit } from "../../model/units";
import { actor, actorHeader, whoActs } from "../../state/actor";
import { getJson, Problem, send } from "../../state/client";
import { refresh } from "../../state/load";
import * as state from "../../state/state";
import { BlockTable } from "../model/blocks";
import { Ledger, type Dropped, type Pending } from "../model/ledger";
import { PlanModel } from "../model/plan_model";
import { rulesOf } from "../model/rules";
import { mySide, NO_SIDE, theirSide, type Side } from "../model/sides";
import type { BlocksAnswer, EditSummary, Operation, Refusal, Result } from "../model/types";
import { asSent } from "../model/wire";
import { keep, kept, type Kept } from "./keep";
import { changed, clearForeseen, open, redrawAll, refused, type Open } from "./session";
import { problemText, refusalText } from "./words";

export type Connection = "live" | "lost";
export const connection = signal<Connection>("live");
/** How many edits wait to be stored. */
export const unsent = signal(0);

export interface Conflict {
  readonly pending: Pending;
  readonly theirs: readonly EditSummary[];
  /** Where either is, for the map. */
  readonly sides: { readonly mine: Side; readonly theirs: Side };
}
export const conflict = signal<Conflict | null>(null);

const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000] as const;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let flying = false;

/** Follows the plan chosen: a draft is opened for editing as soon as its units are there. */
export function startEditing(): void {
  effect(() => {
    const [plan, loaded] = [state.plan.value, state.unitsOf.value];
    const wanted = plan !== null && plan.levels.length > 0 && loaded === String(plan.id) ? loaded : null;
    if (open.peek()?.plan === wanted && open.peek()?.editable === (plan?.state === "draft")) return;
    close();
    if (wanted !== null) void state.during("blocks", () => openPlan(wanted));
  });
  window.addEventListener("online", () => retry(true));
  window.addEventListener("beforeunload", (event) => {
    if (unsent.peek() > 0) event.preventDefault();
  });
}

function close(): void {
  clearTimeout(timer);
  batch(() => {
    open.value = null;
    conflict.value = null;
    unsent.value = 0;
    clearForeseen();
  });
}

async function openPlan(plan: string): Promise<void> {
  try {
    const answer = await getJson<BlocksAnswer>(`/api/plans/${plan}/blocks`, state.language.peek());
    if (state.planId.peek() !== plan) return;
    const made = await opened(plan, answer);
    open.value = made;
    const waiting = await kept(plan);
    tellDropped(made.ledger.restore(waiting));
    changed();
    redrawAll();
    afterChange();
  } catch (failure) {
    state.notify("error", sentence(failure), { label: "error.retry", run: () => void state.during("blocks", () => openPlan(plan)) });
  }
}

async function opened(plan: string, answer: BlocksAnswer): Promise<Open> {
  const found = state.plan.peek();
  const levels = found?.levels ?? [];
  const rows = [...state.planUnits.peek().byId.values()].map(({ id, level, parent, name, name_en, code, type, locked }) => {
    return [id, { level, parent_id: parent, name, name_en, code, type, locked: locked === true }] as const;
  });
  const assignment = answer.blocks.features.map(({ properties }) => (properties.unit === null ? null : String(properties.unit)));
  const model = new PlanModel(new BlockTable(answer), levels, rulesOf(state.district.peek()?.rules ?? {}), rows, assignment);
  const me = actor.peek()?.id;
  const ledger = new Ledger(model, answer.revision, requestId);
  if (me !== undefined && found?.state === "draft") ledger.remember(await myEdits(plan, me));
  return { plan, ledger, model, editable: found?.state === "draft" };
}

/** My edits stored before this page was opened, so that they can still be undone. */
async function myEdits(plan: string, me: string): Promise<readonly EditSummary[]> {
  const answer = await getJson<{ readonly edits: readonly EditSummary[] }>(`/api/plans/${plan}/edits?limit=50&actor=${encodeURIComponent(me)}`, state.language.peek());
  return answer.edits;
}

/** Not crypto.randomUUID: browsers offer that only over HTTPS. */
function requestId(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Does an operation at once and lines it up; says why when it is refused. */
export function submit(operation: Operation): Pending | null {
  const plan = open.peek();
  if (plan === null || !plan.editable) return null;
  const outcome = plan.ledger.submit(operation, new Date().toISOString());
  return accepted(outcome) ? outcome : null;
}

/** Does an operation that makes a unit, and selects that. */
export function submitNew(operation: Operation): void {
  const made = submit(operation)?.change?.units.find(([, before]) => before === null)?.[0];
  if (made !== undefined) state.selectedId.value = made;
}

export function undo(): void {
  const plan = open.peek();
  if (plan === null || !plan.editable) return;
  if (plan.ledger.undo(new Date().toISOString()) === null) state.notify("done", state.t("edit.nothing_to_undo"));
  afterChange();
}

export function redo(): void {
  const plan = open.peek();
  if (plan === null || !plan.editable) return;
  const outcome = plan.ledger.redo(new Date().toISOString());
  if (outcome === null) state.notify("done", state.t("edit.nothing_to_redo"));
  else accepted(outcome);
}

function accepted(outcome: Pending | Refusal): outcome is Pending {
  if ("key" in outcome) {
    refused.value = outcome;
    return false;
  }
  refused.value = null;
  afterChange();
  return true;
}

function afterChange(): void {
  changed();
  void store();
  void pump();
}

async function store(): Promise<void> {
  const plan = open.peek();
  if (plan === null) return;
  unsent.value = plan.ledger.pending.length;
  const waiting = plan.ledger.pending.filter(({ about }) => about === null);
  const edits: Kept[] = waiting.map((one) => {
    const { request, at, since, operation, arguments: given } = one;
    return { request, at, since, follows: plan.ledger.followedBy(one), operation: { operation, arguments: given } };
  });
  try {
    await keep(plan.plan, edits);
  } catch {
    // A browser in private mode keeps nothing; leaving with unsent work asks all the same.
  }
}

/** Sends what waits, one after the other. */
async function pump(): Promise<void> {
  const plan = open.peek();
  const next = plan?.ledger.next() ?? null;
  if (plan === null || next === null || flying || conflict.peek() !== null) return;
  flying = true;
  try {
    const who = await whoActs();
    if (who === null) return;
    const result = await post<Result>(plan, "edits", next, actorHeader(who));
    failures = 0;
    batch(() => {
      connection.value = "live";
      settle(plan, next.request, result);
    });
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    await failed(plan, next, failure);
  } finally {
    flying = false;
  }
  if (timer === undefined) void pump();
}

async function post<T>(plan: Open, path: string, pending: Pending, headers: Readonly<Record<string, string>>): Promise<T> {
  pending.sent = true;
  const body = JSON.stringify({ operation: pending.operation, arguments: asSent(plan.ledger.argumentsOf(pending)), request: pending.request, follows: plan.ledger.followedBy(pending) });
  const response = await send(`/api/plans/${plan.plan}/${path}`, state.language.peek(), {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "If-Match": `"${pending.since}"`, ...headers },
  });
  return (await response.json()) as T;
}

function settle(plan: Open, request: string, result: Result): void {
  const skipped = (result.rebased_over ?? []).length > 0;
  const since = plan.ledger.revision;
  const { dropped, ids } = plan.ledger.acknowledge(request, result);
  const selected = ids.get(state.selectedId.peek() ?? "");
  changed(result.units.map(readUnit), result.blocks.length + result.removed_blocks.length > 0);
  if (selected !== undefined) state.selectedId.value = selected;
  tellDropped(dropped);
  showRevision(plan);
  void store();
  if (skipped) void catchUp(since);
}

function showRevision(plan: Open): void {
  state.plans.value = (state.plans.peek() ?? []).map((one) => (String(one.id) === plan.plan ? { ...one, revision: plan.ledger.revision } : one));
}

/** Takes in what others did since a revision; what fails is told, and the next edit asks again. */
export async function catchUp(since: number, look?: (result: Result) => void): Promise<void> {
  try {
    await takeIn(since, look);
  } catch (failure) {
    state.notify("error", sentence(failure));
  }
}

/** `look` sees what others did before it is in the plan. */
async function takeIn(since: number, look?: (result: Result) => void): Promise<void> {
  const plan = open.peek();
  if (plan === null) return;
  const result = await getJson<Result>(`/api/plans/${plan.plan}/changes?since=${since}`, state.language.peek());
  if (open.peek() !== plan) return;
  connection.value = "live";
  if (result.reload === true) {
    // Too much changed to tell: the plan is read anew, and what waits is put on again from the browser's database.
    await store();
    open.value = null;
    refresh();
    return;
  }
  look?.(result);
  tellDropped(plan.ledger.receive(result));
  changed(result.units.map(readUnit), result.blocks.length + result.removed_blocks.length > 0);
  showRevision(plan);
  void store();
}

async function failed(plan: Open, pending: Pending, problem: Problem): Promise<void> {
  if (problem.status === null || problem.status >= 500) {
    pending.sent = false;
    connection.value = "lost";
    retry(false);
    return;
  }
  if (problem.status === 412) {
    // It still counts as under way, so that it is kept whatever it meets.
    const said = problem.said["theirs"];
    const theirs = Array.isArray(said) ? (said as EditSummary[]) : [];
    const sides: { readonly mine: Side; theirs: Side } = { mine: mySide(plan.model, pending), theirs: NO_SIDE };
    await catchUp(plan.ledger.revision, (result) => (sides.theirs = theirSide(plan.ledger, theirs, result)));
    conflict.value = { pending, theirs, sides };
    return;
  }
  // Somebody has done the same meanwhile: it stays on the map as theirs.
  if (problem.key === "nothing-to-do") await catchUp(plan.ledger.revision);
  tellDropped(plan.ledger.refuse(pending.request));
  changed();
  void store();
  if (problem.key !== "nothing-to-do") state.notify("error", problemText(problem, pending));
}

/** Asks again after a pause that grows; at once when the browser is back online. */
function retry(now: boolean): void {
  clearTimeout(timer);
  timer = undefined;
  if (now) failures = 0;
  const pause = now ? 0 : (RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
  failures += 1;
  timer = setTimeout(() => {
    timer = undefined;
    void pump();
  }, pause);
}

/** A conflict settled: mine is sent again on what is there now, or given up. */
export function resolve(choice: "mine" | "theirs"): void {
  const [plan, found] = [open.peek(), conflict.peek()];
  if (plan === null || found === null) return;
  found.pending.sent = false;
  found.pending.since = plan.ledger.revision;
  if (choice === "theirs") {
    tellDropped(plan.ledger.refuse(found.pending.request));
    changed();
  }
  conflict.value = null;
  void store();
  void pump();
}

/** Takes what waits to a draft of its own and opens that. */
export async function fork(): Promise<void> {
  const plan = open.peek();
  const who = await whoActs();
  if (plan === null || who === null) return;
  const edits = plan.ledger.pending.filter(({ about }) => about === null).map(({ operation, arguments: given }) => ({ operation, arguments: asSent(given) }));
  const response = await send(`/api/plans/${plan.plan}/fork`, state.language.peek(), {
    method: "POST",
    body: JSON.stringify({ revision: plan.ledger.revision, edits }),
    headers: { "Content-Type": "application/json", ...actorHeader(who) },
  });
  const made = (await response.json()) as { readonly plan: number; readonly name: string };
  await keep(plan.plan, []);
  batch(() => {
    unsent.value = 0;
    conflict.value = null;
    state.planId.value = String(made.plan);
  });
  refresh();
}

/** Asks the platform what an operation would do that only it can foresee. */
export async function preview(operation: Operation): Promise<Result> {
  const plan = open.peek();
  if (plan === null) throw new Problem(state.t("edit.not_open"), null, null);
  const who = await whoActs();
  if (who === null) throw new Problem(state.t("edit.who_first"), null, null);
  const pending: Pending = { ...operation, request: requestId(), at: "", since: plan.ledger.revision, sent: false, change: null, about: null };
  return post<Result>(plan, "edits/preview", pending, actorHeader(who));
}

function tellDropped(dropped: readonly Dropped[]): void {
  for (const { refusal } of dropped) state.notify("error", state.t("edit.dropped", { why: refusalText(refusal) }));
}

export function sentence(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
