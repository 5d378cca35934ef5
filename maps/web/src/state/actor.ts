/** Who acts: a name and a role chosen once and kept by the browser, sent with every change, not verified. */

import { computed, signal } from "@preact/signals";

export const ROLES = ["planner", "leader", "analyst", "reviewer"] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  /** Random, kept by the browser: two people of one name stay two. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

const KEY = "wangge.actor";

export const actor = signal<Actor | null>(stored());
/** Whether someone is being asked who they are; what waits for the answer goes on with it. */
const waiting = signal<((answer: Actor | null) => void) | null>(null);
export const asking = computed(() => waiting.value !== null);

/** The actor, asked for once when unknown; null when the question was left unanswered. */
export function whoActs(): Promise<Actor | null> {
  const known = actor.peek();
  if (known !== null) return Promise.resolve(known);
  return new Promise((resolve) => {
    waiting.peek()?.(null);
    waiting.value = resolve;
  });
}

/** Opens the question anew, to change name or role. */
export function askAgain(): void {
  waiting.peek()?.(null);
  waiting.value = () => undefined;
}

export function answerWho(name: string, role: Role): void {
  const chosen: Actor = { id: actor.peek()?.id ?? randomId(), name, role };
  actor.value = chosen;
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
  settle(chosen);
}

/** Not crypto.randomUUID: browsers offer that only over HTTPS, and offices run this over plain HTTP. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function leaveWho(): void {
  settle(null);
}

function settle(answer: Actor | null): void {
  const then = waiting.peek();
  waiting.value = null;
  then?.(answer);
}

/** The header every change is sent with; header values are Latin only, so names are percent-encoded. */
export function actorHeader({ id, name, role }: Actor): Readonly<Record<string, string>> {
  return { "X-Wangge-Actor": encodeURIComponent(JSON.stringify({ id, name, role })) };
}

function stored(): Actor | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return isActor(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isActor(kept: unknown): kept is Actor {
  if (typeof kept !== "object" || kept === null) return false;
  const { id, name, role } = kept as Record<keyof Actor, unknown>;
  return typeof id === "string" && typeof name === "string" && name !== "" && ROLES.some((one) => one === role);
}
