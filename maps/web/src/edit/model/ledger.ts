/**
 * My edits on a plan that others edit too: shown at once, sent in order, rolled back when refused.
 *
 * The plan shown is the server's plan with the edits that wait on top. What the server says is applied below them:
 * they are taken off, the server's word is settled, and each is planned and put on again.
 */

import type { UnitFeature } from "../../model/types";
import type { BlockTable } from "./blocks";
import { composed, inverse, renamed } from "./change";
import { FRESH, isForeseen, planned } from "./operations";
import type { PlanModel } from "./plan_model";
import { isRefusal, type Arguments, type Change, type EditSummary, type Operation, type Refusal, type Result, type UnitRow } from "./types";

export interface Pending extends Operation {
  readonly request: string;
  readonly at: string;
  /** The revision it was made on, so that the server sees what it meets, however much was taken in since. */
  since: number;
  sent: boolean;
  /** What it does here; null where only the server can tell. */
  change: Change | null;
  /** The edit an undo or a redo is about. */
  readonly about: Standing | null;
}

/** An edit of mine that can be undone, or one undone that can be done again. */
export interface Standing {
  readonly request: string;
  /** Null until the server has it. */
  revision: number | null;
  /** Revision of the undo that took it back last, where one did. */
  undone: number | null;
  change: Change | null;
  readonly operation: Operation;
}

export interface Dropped {
  readonly pending: Pending;
  readonly refusal: Refusal;
}

export interface Settled {
  readonly dropped: readonly Dropped[];
  /** Ids that units made here have now. */
  readonly ids: ReadonlyMap<string, string>;
}

export class Ledger {
  pending: Pending[] = [];
  undoable: Standing[] = [];
  redoable: Standing[] = [];
  /** Edits of mine that the server has, with their revisions. */
  #stored: { readonly request: string; readonly revision: number }[] = [];

  constructor(
    readonly model: PlanModel,
    public revision: number,
    private readonly newId: () => string,
  ) {}

  /** Plans an operation, shows it and lines it up; a refusal changes nothing. */
  submit(operation: Operation, at: string, request = this.newId(), since = this.revision): Pending | Refusal {
    const change = isForeseen(operation) ? planned(this.model, operation, this.#fresh(request)) : null;
    if (change !== null && isRefusal(change)) return change;
    if (change !== null) this.model.apply(change);
    const pending: Pending = { ...operation, request, at, since, sent: false, change, about: null };
    this.pending.push(pending);
    if (operation.operation !== "revert") this.redoable = [];
    this.undoable.push({ request, revision: null, undone: null, change, operation });
    return pending;
  }

  /** Takes back my last edit: without the server while it waits, as an edit of its own once it is stored. */
  undo(at: string): Pending | Standing | null {
    const last = this.undoable.pop();
    if (last === undefined) return null;
    this.redoable.push(last);
    const waiting = this.pending[this.pending.length - 1];
    if (waiting?.request === last.request && !waiting.sent) {
      this.pending.pop();
      if (waiting.change !== null) this.model.revert(waiting.change);
      return last;
    }
    return this.#lineUp({ operation: "undo", arguments: {} }, last, last.change === null ? null : inverse(last.change), at);
  }

  redo(at: string): Pending | Refusal | null {
    const last = this.redoable.pop();
    if (last === undefined) return null;
    if (last.revision === null && !this.pending.some(({ request }) => request === last.request)) {
      const rest = this.redoable;
      const again = this.submit(last.operation, at);
      this.redoable = rest;
      return again;
    }
    this.undoable.push(last);
    return this.#lineUp({ operation: "redo", arguments: {} }, last, last.change, at);
  }

  /** What goes to the server next, with the ids and revisions known by now; null while one is under way. */
  next(): Pending | null {
    const [first] = this.pending;
    return first === undefined || first.sent ? null : first;
  }

  /** The body's arguments: an undo and a redo name the edit they are about. */
  argumentsOf(pending: Pending): Arguments {
    const revision = (pending.operation === "redo" ? pending.about?.undone : pending.about?.revision) ?? null;
    return revision === null ? pending.arguments : { ...pending.arguments, revision };
  }

  /** Edits of mine that one was made on top of and that its own revision does not tell of: it meets none of them. */
  followedBy(pending: Pending): readonly string[] {
    return this.#stored.filter(({ revision }) => revision > pending.since).map(({ request }) => request);
  }

  /** The server has stored an edit of mine, maybe on top of others' (then `between` is what they did). */
  acknowledge(request: string, result: Result): Settled {
    const done = this.pending.find((one) => one.request === request);
    if (done === undefined) return { dropped: this.receive(result), ids: new Map() };
    const ids = freshIds(done.change, result, this.model);
    const standing = [...this.undoable, ...this.redoable].find((one) => one.request === request);
    const dropped = this.#below(() => {
      this.pending = this.pending.filter((one) => one !== done);
      this.#rename(ids);
      this.#settle(result);
      const revision = result.edit?.revision ?? result.revision;
      this.#stored.push({ request, revision });
      // Nobody else was there: what I did on top of it knows all up to it.
      if ((result.rebased_over ?? []).length === 0) for (const one of this.pending) if (one.since === done.since) one.since = revision;
      if (standing !== undefined) standing.revision = revision;
      if (done.operation === "undo" && done.about !== null) done.about.undone = revision;
    });
    return { dropped, ids };
  }

  /** What others did. */
  receive(result: Result): readonly Dropped[] {
    return this.#below(() => this.#settle(result));
  }

  /** The server refused: the edit is rolled back; what rested on it goes too and is told. */
  refuse(request: string): readonly Dropped[] {
    const refused = this.pending.find((one) => one.request === request);
    return this.#below(() => {
      this.pending = this.pending.filter((one) => one.request !== request);
      if (refused?.about != null) this.#giveBack(refused);
      else this.undoable = this.undoable.filter((one) => one.request !== request);
    });
  }

  /** Answers a question about the plan as the server has it, without what waits; the plan shown stays as it is. */
  beneath<T>(ask: () => T): T {
    const waiting = this.pending.flatMap(({ change }) => (change === null ? [] : [change]));
    return this.model.trying(inverse(composed(waiting)), ask);
  }

  /** My stored edits, newest first as the log gives them, so that they can be undone or redone without knowing what they did. */
  remember(log: readonly EditSummary[]): void {
    const stored = (edit: EditSummary, revision: number, undone: number | null): Standing => {
      return { request: `revision ${revision}`, revision, undone, change: null, operation: { operation: edit.operation, arguments: {} } };
    };
    const standing = log.filter(({ standing }) => standing !== false);
    const undone = standing.slice(0, standing.findIndex(({ operation }) => operation !== "undo"));
    this.redoable = undone.flatMap((edit) => (edit.undoes === null ? [] : [stored(edit, edit.undoes, edit.revision)])).reverse();
    const edits = standing.filter(({ undoes, operation }) => undoes === null && operation !== "undo" && operation !== "redo");
    this.undoable = edits.map((edit) => stored(edit, edit.revision, null)).reverse();
  }

  /** Puts edits on again that waited when the page was left. */
  restore(kept: readonly { readonly request: string; readonly at: string; readonly since?: number; readonly follows?: readonly string[]; readonly operation: Operation }[]): readonly Dropped[] {
    const dropped: Dropped[] = [];
    for (const { request, at, since = this.revision, follows = [], operation } of kept) {
      this.#stored.push(...follows.map((mark) => ({ request: mark, revision: Infinity })));
      const outcome = this.submit(operation, at, request, since);
      if ("key" in outcome) dropped.push({ pending: { ...operation, request, at, since, sent: false, change: null, about: null }, refusal: outcome });
    }
    return dropped;
  }

  #lineUp(operation: Operation, about: Standing, change: Change | null, at: string): Pending {
    const fits = change !== null && isInPlace(this.model, change);
    if (fits) this.model.apply(change);
    const pending: Pending = { ...operation, request: this.newId(), at, since: this.revision, sent: false, change: fits ? change : null, about };
    this.pending.push(pending);
    return pending;
  }

  /** A refused undo leaves its edit standing, a refused redo leaves it undone. */
  #giveBack({ about, operation }: Pending): void {
    if (about === null) return;
    this.undoable = this.undoable.filter((one) => one !== about);
    this.redoable = this.redoable.filter((one) => one !== about);
    (operation === "undo" ? this.undoable : this.redoable).push(about);
  }

  /** Takes off what waits, lets `settle` change the plan below, and puts it on again. */
  #below(settle: () => void): readonly Dropped[] {
    for (const one of [...this.pending].reverse()) if (one.change !== null) this.model.revert(one.change);
    settle();
    const dropped: Dropped[] = [];
    for (const one of this.pending) {
      const refusal = this.#putOn(one);
      if (refusal !== null) dropped.push({ pending: one, refusal });
    }
    const lost = new Set(dropped.map(({ pending }) => pending.request));
    this.pending = this.pending.filter(({ request }) => !lost.has(request));
    this.undoable = this.undoable.filter(({ request }) => !lost.has(request));
    return dropped;
  }

  #putOn(one: Pending): Refusal | null {
    if (one.about !== null) {
      if (one.change === null || isInPlace(this.model, one.change)) one.change === null || this.model.apply(one.change);
      else one.change = null;
      return null;
    }
    if (!isForeseen(one)) return null;
    const change = planned(this.model, one, this.#fresh(one.request));
    // What is under way is the server's to judge; what is done already may be this very edit, whose answer was lost.
    if (isRefusal(change)) {
      one.change = null;
      return one.sent || change.key === "nothing-to-do" ? null : change;
    }
    one.change = change;
    this.model.apply(change);
    const standing = this.undoable.find(({ request }) => request === one.request);
    if (standing !== undefined) standing.change = change;
    return null;
  }

  #settle(result: Result): void {
    const blocks: BlockTable = this.model.blocks;
    const reshaped = result.blocks.length > 0 || result.removed_blocks.length > 0;
    if (reshaped) blocks.replace(result.blocks, result.removed_blocks, result.borders);
    const own = result.blocks.flatMap(({ id, properties }) => (properties.unit === null ? [] : [[id, String(properties.unit)] as const]));
    const assignment = [...own, ...result.assignment.map(([block, unit]) => [block, String(unit)] as const)];
    this.model.settle(result.units.map(rowOf), result.removed_units.map(String), assignment, reshaped);
    this.revision = Math.max(this.revision, result.revision);
  }

  #rename(ids: ReadonlyMap<string, string>): void {
    if (ids.size === 0) return;
    for (const one of this.pending) {
      (one as { arguments: Arguments }).arguments = withIds(one.arguments, ids);
      if (one.change !== null) one.change = renamed(one.change, ids);
    }
    for (const one of [...this.undoable, ...this.redoable]) if (one.change !== null) one.change = renamed(one.change, ids);
  }

  #fresh(request: string): () => string {
    let count = 0;
    return () => `${FRESH}${request}:${(count += 1)}`;
  }
}

/** Whether every block and unit is where a change expects it. */
function isInPlace(model: PlanModel, change: Change): boolean {
  return (
    change.blocks.every(([block, from]) => model.blocks.at(block) >= 0 && model.blocks.alive[model.blocks.at(block)] === 1 && model.unitOf(model.blocks.at(block)) === from) &&
    change.units.every(([id, before]) => (before === null) === (model.row(id) === null))
  );
}

export function rowOf(feature: UnitFeature): readonly [string, UnitRow] {
  const { level, parent_id, name, name_en, code, type } = feature.properties;
  const locked = feature.properties.locked === true;
  return [String(feature.id), { level, parent_id: parent_id === null ? null : String(parent_id), name, name_en, code, type, locked }];
}

/** Ids the server gave to units made here, in the order they were made. */
function freshIds(change: Change | null, result: Result, model: PlanModel): ReadonlyMap<string, string> {
  const made = (change?.units ?? []).filter(([id, before]) => before === null && id.startsWith(FRESH));
  const unknown = result.units.filter(({ id }) => model.row(String(id)) === null);
  const ids = new Map<string, string>();
  for (const [id, , row] of made) {
    const at = unknown.findIndex(({ properties }) => properties.level === row?.level);
    if (at >= 0) ids.set(id, String(unknown.splice(at, 1)[0]?.id));
  }
  return ids;
}

function withIds(given: Arguments, ids: ReadonlyMap<string, string>): Arguments {
  const text = JSON.stringify(given, (_, value: unknown) => (typeof value === "string" ? (ids.get(value) ?? value) : value));
  return JSON.parse(text) as Arguments;
}
