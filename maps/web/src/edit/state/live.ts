/** Others on the same plan: their edits and where they work, by server-sent events. */

import { effect, signal } from "@preact/signals";
import { actor, actorHeader } from "../../state/actor";
import { send } from "../../state/client";
import { refresh } from "../../state/load";
import * as state from "../../state/state";
import type { Actor } from "../model/types";
import { open, target, tool } from "./session";
import { catchUp, connection } from "./sync";

export interface Person {
  readonly actor: Actor;
  readonly at: readonly [number, number] | null;
  readonly tool: string | null;
  readonly unit: string | null;
  readonly seen: number;
  readonly colour: string;
}

export const people = signal<readonly Person[]>([]);

const COLOURS = ["#8a3ffc", "#b0257a", "#00708a", "#9a5b00", "#4a6b1f", "#274690"] as const;
/** Someone not heard of for this long has gone. */
const GONE_MS = 30_000;
const TELL_MS = 2000;
const STILL_HERE_MS = 12_000;

interface Told {
  readonly actor: Actor;
  readonly at: readonly [number, number] | null;
  readonly tool: string | null;
  readonly unit: number | string | null;
}

let events: EventSource | null = null;
let told = "";
let toldAt = 0;

export function startListening(): void {
  effect(() => {
    const plan = open.value?.plan ?? null;
    events?.close();
    events = null;
    people.value = [];
    if (plan !== null) listen(plan);
  });
  setInterval(() => {
    const now = Date.now();
    if (people.peek().some(({ seen }) => now - seen > GONE_MS)) people.value = people.peek().filter(({ seen }) => now - seen <= GONE_MS);
    void tell(now);
  }, TELL_MS);
}

function listen(plan: string): void {
  const source = new EventSource(`/api/plans/${plan}/events`);
  events = source;
  source.addEventListener("open", () => (connection.value = "live"));
  source.addEventListener("edit", (event: MessageEvent<string>) => void onEdit(plan, JSON.parse(event.data) as { readonly revision: number }));
  source.addEventListener("presence", (event: MessageEvent<string>) => onPresence(JSON.parse(event.data) as Told));
  source.addEventListener("state", () => refresh());
}

/** Another's edit, or my own from another window; my own from here is known by its answer. */
async function onEdit(plan: string, { revision }: { readonly revision: number }): Promise<void> {
  const here = open.peek();
  if (here?.plan !== plan || revision <= here.ledger.revision) return;
  // An answer under way may be this very edit.
  if (here.ledger.pending.some(({ sent }) => sent)) {
    setTimeout(() => void onEdit(plan, { revision }), 150);
    return;
  }
  await catchUp(here.ledger.revision);
}

function onPresence({ actor: who, at, tool: hand, unit }: Told): void {
  if (who.id === actor.peek()?.id) return;
  const others = people.peek().filter((one) => one.actor.id !== who.id);
  const known = people.peek().find((one) => one.actor.id === who.id);
  const used = new Set(others.map(({ colour }) => colour));
  const colour = known?.colour ?? COLOURS.find((one) => !used.has(one)) ?? COLOURS[0];
  people.value = [...others, { actor: who, at, tool: hand, unit: unit === null ? null : String(unit), seen: Date.now(), colour }];
}

/** Tells others where I am, when that changed and now and then. */
async function tell(now: number): Promise<void> {
  const [plan, who] = [open.peek(), actor.peek()];
  if (plan === null || who === null || connection.peek() === "lost" || document.hidden) return;
  const place = state.pointer.peek();
  const body = JSON.stringify({ at: place === null ? null : place.map((value) => Math.round(value)), tool: tool.peek(), unit: target.peek() === null ? null : Number(target.peek()) || null });
  if (body === told && now - toldAt < STILL_HERE_MS) return;
  [told, toldAt] = [body, now];
  try {
    await send(`/api/plans/${plan.plan}/presence`, state.language.peek(), { method: "POST", body, headers: { "Content-Type": "application/json", ...actorHeader(who) } });
  } catch {
    // Nobody is told for once; edits say when the connection is lost.
  }
}
