/**
 * What only the platform can foresee: what a line would do.
 *
 * While a line is drawn it is asked whenever the pointer rests, one question at a time; an answer about an older line is
 * dropped. Once the line ends, its answer waits for a yes.
 */

import { batch, effect } from "@preact/signals";
import { actor, whoActs } from "../../state/actor";
import { Problem } from "../../state/client";
import * as state from "../../state/state";
import type { Foreseen } from "../model/foresight";
import { told } from "../model/told";
import type { Operation, Refusal } from "../model/types";
import { awaiting, foreseen, model, notYet, open, refused, unseen } from "../state/session";
import { catchUp, connection, preview, sentence, unsent } from "../state/sync";
import { refusalOf } from "../state/words";

const REST_MS = 150;
const AGAIN_MS = 3000;

interface Question {
  readonly operation: Operation;
  /** Of the plan that the answer is about; null until it was asked. */
  revision: number | null;
  refusal: Refusal | null;
}

/** What the line in hand is about; null while there is none. */
let wanted: Question | null = null;
let underWay: Question | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks anew when the plan changed below a line, and what waited for a connection or for edits before it. */
export function startAsking(): void {
  effect(() => {
    void [unsent.value, connection.value, state.plan.value?.revision];
    if (wanted !== null && timer === undefined) void ask();
  });
  for (const event of ["online", "offline"]) window.addEventListener(event, () => void ask());
}

/** The line as drawn so far, the pointer its last point; null while that is no line yet. */
export function askAtRest(operation: Operation | null): void {
  if (operation !== null && isSame(wanted?.operation, operation)) return;
  forget();
  if (operation === null) return;
  wanted = { operation, revision: null, refusal: null };
  timer = setTimeout(() => {
    timer = undefined;
    void ask();
  }, REST_MS);
}

/** The line has ended: what it would do waits for a yes. */
export function askAtEnd(operation: Operation): void {
  if (!isSame(wanted?.operation, operation)) {
    forget();
    wanted = { operation, revision: null, refusal: null };
  }
  clearTimeout(timer);
  timer = undefined;
  awaiting.value = true;
  if (wanted?.refusal != null) refuse(wanted.refusal);
  else void ask();
}

/** There is no line any more. */
export function forget(): void {
  clearTimeout(timer);
  timer = undefined;
  wanted = null;
  batch(() => {
    foreseen.value = null;
    notYet.value = unseen.value = false;
  });
}

function isSame(one: Operation | undefined, other: Operation): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

async function ask(): Promise<void> {
  const [question, plan] = [wanted, open.peek()];
  if (question === null || plan === null || underWay !== null || question.revision === plan.ledger.revision) return;
  const lost = connection.peek() === "lost" || !navigator.onLine;
  if (awaiting.peek()) unseen.value = lost && foreseen.peek() === null;
  // The platform foresees a line on what it has stored.
  if (lost || unsent.peek() > 0 || !(await isSigned())) return;
  if (underWay !== null || question !== wanted) return;
  question.revision = plan.ledger.revision;
  underWay = question;
  try {
    const result = await state.during("preview", () => preview(question.operation));
    if (question === wanted && model.peek() === plan.model) show(question, told(plan.model, question.operation, result));
  } catch (failure) {
    if (!(failure instanceof Problem)) throw failure;
    if (question === wanted) await failed(question, failure);
  } finally {
    underWay = null;
  }
  void ask();
}

/** Nobody is interrupted by the question who they are while they draw. */
async function isSigned(): Promise<boolean> {
  return actor.peek() !== null || (awaiting.peek() && (await whoActs()) !== null);
}

function show(question: Question, shown: Foreseen): void {
  question.refusal = null;
  batch(() => {
    foreseen.value = shown;
    notYet.value = unseen.value = false;
  });
}

async function failed(question: Question, failure: Problem): Promise<void> {
  if (failure.status === null) {
    unseen.value = awaiting.peek();
    setTimeout(() => {
      question.revision = null;
      if (awaiting.peek()) void ask();
    }, AGAIN_MS);
  } else if (failure.status === 412) {
    // Others were faster: with their edits taken in, it is asked anew.
    await catchUp(question.revision ?? 0);
  } else {
    question.refusal = refusalOf(failure, question.operation);
    if (awaiting.peek()) refuse(question.refusal);
    else {
      batch(() => {
        foreseen.value = null;
        notYet.value = true;
      });
    }
    if (failure.key === null && question.refusal === refused.peek()) state.notify("error", sentence(failure));
  }
}

/** The line stays in hand, to be drawn on or left. */
function refuse(refusal: Refusal): void {
  batch(() => {
    foreseen.value = null;
    awaiting.value = notYet.value = unseen.value = false;
    refused.value = refusal;
  });
}
