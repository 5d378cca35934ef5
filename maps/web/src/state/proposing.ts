/** The search for proposals: asked for, followed, its proposals looked at, one taken as a draft. */

import { batch, computed, effect, signal } from "@preact/signals";
import { LEVELS, type FeatureCollection, type LevelName } from "../model/types";
import { draftOf, withLevel, type Answer, type ChangeFeature, type Defaults, type Draft, type Proposal, type ProposalUnitFeature, type Request } from "../model/proposals";
import type { Bands } from "../model/relaxations";
import { readUnit, type UnitIndex } from "../model/units";
import { getJson, send } from "./client";
import { isOver, type Job } from "./jobs";
import { choosePlan, refresh } from "./load";
import * as state from "./state";

export const defaults = signal<Defaults | null>(null);
export const draft = signal<Draft | null>(null);
export const job = signal<Job | null>(null);
export const proposals = signal<readonly Proposal[]>([]);
export const answer = signal<Answer | null>(null);
/** What was asked for: rules and weights that the answer's sentences and bounds are about. */
export const asked = signal<Asked | null>(null);
/** The plan that the search divides; another one may be open meanwhile. */
export const jobPlan = signal<number | null>(null);
/** Areas that change their unit in the proposal shown. */
export const changes = signal<readonly ChangeFeature[]>([]);
/** The proposal whose borders lie over the one shown, to compare the two. */
export const comparedId = signal<number | null>(null);
/** The proposal under the pointer in the table; it is compared while it is pointed at. */
export const previewId = signal<number | null>(null);
export const compared = signal<UnitIndex | null>(null);
/** When the first news of progress came, and how far the work was: what the time left is judged by. */
export const firstNews = signal<readonly [number, number] | null>(null);

export const shown = computed<Proposal | null>(
  () => proposals.value.find((one) => String(one.id) === state.proposalId.value) ?? null,
);

/** True while another plan is open than the one the search divides: its proposals then wait until they are called. */
export const elsewhere = computed(() => jobPlan.value !== null && String(jobPlan.value) !== state.planId.value);

export interface Asked {
  readonly bands: Bands | null;
  readonly goals: Readonly<Record<string, number>> | null;
}

interface JobAnswer {
  readonly job: Job;
  readonly plan: number;
  readonly asked: Asked;
  readonly answer: Answer | null;
  readonly proposals: readonly Proposal[];
}

let events: EventSource | null = null;
let followsJob = false;

/** Keeps proposals in step with the address and the plan. */
export function startProposing(): void {
  followsJob = state.planId.peek() === null;
  effect(() => {
    const id = state.jobId.value;
    if (id !== null && job.peek()?.id !== Number(id)) void attempt(() => openJob(id));
  });
  effect(() => {
    const plan = state.planId.value;
    const open = state.proposing.value;
    if (open && plan !== null && String(defaults.peek()?.plan) !== plan) void attempt(() => loadDefaults(plan));
  });
  effect(() => {
    const [one, plan, units] = [shown.value, state.unitsOf.value, state.planUnits.value];
    if (one === null || !state.proposing.value || String(one.plan) !== plan) {
      batch(() => {
        state.overlay.value = null;
        changes.value = [];
      });
    } else void attempt(() => show(one, units));
  });
  effect(() => {
    const wanted = previewId.value ?? comparedId.value;
    const other = proposals.value.find((one) => one.id === wanted);
    if (other === undefined || !state.proposing.value) compared.value = null;
    else void attempt(() => compare(other));
  });
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await state.during("proposals", work);
  } catch (problem) {
    state.notify("error", problem instanceof Error ? problem.message : String(problem));
  }
}

async function loadDefaults(plan: string): Promise<void> {
  const found = await getJson<Defaults>(`/api/plans/${plan}/proposing`, state.language.peek());
  if (state.planId.peek() !== plan) return;
  const level = found.levels[state.level.peek()] === undefined ? LEVELS.find((name) => found.levels[name]) : state.level.peek();
  batch(() => {
    defaults.value = found;
    draft.value = level === undefined ? null : draftOf(found, level);
  });
}

export function chooseLevel(level: LevelName): void {
  const known = defaults.peek();
  if (known !== null) draft.value = draftOf(known, level);
}

/** Asks for proposals and follows the search. */
export async function ask(request: Request, plan: number): Promise<void> {
  const body = JSON.stringify(request);
  const headers = { "Content-Type": "application/json" };
  const response = await send("/api/proposals", state.language.peek(), { method: "POST", body, headers });
  const { job: id } = (await response.json()) as { readonly job: number };
  forget();
  batch(() => {
    job.value = { id, state: "queued", progress: null, message: null, said: null, result: null, error: null };
    jobPlan.value = plan;
    state.jobId.value = String(id);
  });
  follow(id);
}

export async function stop(): Promise<void> {
  const running = job.peek();
  if (running !== null && !isOver(running)) await send(`/api/jobs/${running.id}`, state.language.peek(), { method: "DELETE" });
}

/** Back to the form; what was asked for stays in it. */
export function forget(): void {
  events?.close();
  events = null;
  batch(() => {
    job.value = null;
    proposals.value = [];
    answer.value = null;
    asked.value = null;
    jobPlan.value = null;
    comparedId.value = null;
    previewId.value = null;
    firstNews.value = null;
    state.jobId.value = null;
    state.proposalId.value = null;
  });
}

/** Makes a draft of the proposal shown and opens it. */
export async function take(one: Proposal, name: string): Promise<void> {
  const init = { method: "POST", body: JSON.stringify({ name }), headers: { "Content-Type": "application/json" } };
  const response = await send(`/api/proposals/${one.id}/take`, state.language.peek(), init);
  const taken = (await response.json()) as { readonly plan: number; readonly name: string };
  forget();
  batch(() => {
    state.proposing.value = false;
    defaults.value = null;
    state.selectedId.value = null;
    state.planId.value = String(taken.plan);
    state.level.value = one.level;
  });
  refresh();
  state.notify("done", state.t("propose.taken", { name: taken.name }));
}

function follow(id: number): void {
  events?.close();
  const source = new EventSource(`/api/jobs/${id}/events`);
  events = source;
  source.onmessage = (event: MessageEvent<string>) => {
    const told = JSON.parse(event.data) as Job;
    if (told.id !== job.peek()?.id) return;
    batch(() => {
      job.value = told;
      if (firstNews.peek() === null && (told.progress ?? 0) > 0) firstNews.value = [Date.now(), told.progress ?? 0];
    });
    if (!isOver(told)) return;
    source.close();
    if (told.state === "done") void attempt(() => openJob(String(id))).then(announce);
  };
}

/** Says that proposals are there, to whom looks at another plan or has closed the panel. */
function announce(): void {
  const plan = state.plans.peek()?.find((one) => one.id === jobPlan.peek());
  if (plan === undefined || proposals.peek().length === 0 || (!elsewhere.peek() && state.proposing.peek())) return;
  state.notify("done", state.t("propose.ready", { plan: state.named(plan) }), { label: "propose.show", run: showSearch });
}

/** Opens the plan of the search and its panel. */
export function showSearch(): void {
  const plan = state.plans.peek()?.find((one) => one.id === jobPlan.peek());
  if (plan === undefined) return;
  batch(() => {
    choosePlan(plan);
    state.proposing.value = true;
  });
}

async function openJob(id: string): Promise<void> {
  let told: JobAnswer;
  try {
    told = await getJson<JobAnswer>(`/api/jobs/${id}/proposals`, state.language.peek());
  } catch (problem) {
    if (state.jobId.peek() === id) forget();
    throw problem;
  }
  if (state.jobId.peek() !== id) return;
  batch(() => {
    job.value = told.job;
    proposals.value = told.proposals;
    answer.value = told.answer;
    asked.value = told.asked;
    jobPlan.value = told.plan;
    // A link to a search alone opens its plan; a plan that was chosen stays.
    if (followsJob) state.planId.value = String(told.plan);
    followsJob = false;
    const chosen = told.proposals.some((one) => String(one.id) === state.proposalId.peek());
    if (!chosen) state.proposalId.value = told.proposals[0] === undefined ? null : String(told.proposals[0].id);
  });
  if (!isOver(told.job)) follow(told.job.id);
}

async function show(one: Proposal, planUnits: UnitIndex): Promise<void> {
  const language = state.language.peek();
  const [index, areas] = await Promise.all([
    indexOf(one, planUnits),
    getJson<FeatureCollection<ChangeFeature>>(`/api/proposals/${one.id}/changes`, language),
  ]);
  if (shown.peek() !== one || !state.proposing.peek()) return;
  batch(() => {
    state.overlay.value = index;
    state.level.value = one.level;
    // The classes of a figure are of the plan's units; the proposal's have none yet.
    if (state.figure.peek() !== "tints") state.figure.value = null;
    changes.value = areas.features;
    if (!index.byId.has(state.selectedId.peek() ?? "")) state.selectedId.value = null;
  });
}

async function compare(other: Proposal): Promise<void> {
  const index = await indexOf(other, state.planUnits.peek());
  if ((previewId.peek() ?? comparedId.peek()) === other.id) compared.value = index;
}

/** Units of proposals that were looked at: a proposal never changes, and going to and fro should be quick. */
const indexes = new WeakMap<Proposal, { readonly of: UnitIndex; readonly index: UnitIndex }>();

async function indexOf(one: Proposal, planUnits: UnitIndex): Promise<UnitIndex> {
  const known = indexes.get(one);
  if (known?.of === planUnits) return known.index;
  const found = await getJson<FeatureCollection<ProposalUnitFeature>>(`/api/proposals/${one.id}`, state.language.peek());
  const higher = LEVELS.slice(0, LEVELS.indexOf(one.level)).filter((level) => planUnits.byLevel.has(level));
  const index = withLevel(planUnits, one.level, found.features.map(readUnit), higher);
  indexes.set(one, { of: planUnits, index });
  return index;
}
