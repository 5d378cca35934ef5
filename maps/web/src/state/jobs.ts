/** Long work on the server: asked for, watched by server-sent events, cancelled. */

import { signal } from "@preact/signals";
import type { Said } from "../messages/said";
import { send } from "./client";
import { language } from "./state";

export interface Job {
  readonly id: number;
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** Between 0 and 1. */
  readonly progress: number | null;
  readonly message: string | null;
  /** What it is doing, as a sentence; null where the message is a word the page knows. */
  readonly said: Said | null;
  /** What was read and how, or why it failed, as sentences; lines are the same in English. */
  readonly result: { readonly lines?: readonly string[]; readonly said?: readonly Said[] | Said } | null;
  readonly error: string | null;
}

/** The import last asked for; it outlives the panel that asked for it. */
export const importJob = signal<Job | null>(null);

export function isOver(job: Job): boolean {
  return job.state === "done" || job.state === "failed" || job.state === "cancelled";
}

/** Sends the form and follows the job to its end; calls back once when it is done. */
export async function startImport(form: FormData, onDone: () => void): Promise<void> {
  const response = await send("/api/imports", language.peek(), { method: "POST", body: form });
  const { job } = (await response.json()) as { readonly job: number };
  importJob.value = { id: job, state: "queued", progress: null, message: null, said: null, result: null, error: null };
  follow(job, onDone);
}

export async function cancelImport(): Promise<void> {
  const job = importJob.peek();
  if (job !== null && !isOver(job)) await send(`/api/jobs/${job.id}`, language.peek(), { method: "DELETE" });
}

function follow(id: number, onDone: () => void): void {
  const events = new EventSource(`/api/jobs/${id}/events`);
  events.onmessage = (event: MessageEvent<string>) => {
    const job = JSON.parse(event.data) as Job;
    importJob.value = job;
    if (!isOver(job)) return;
    // The browser would otherwise ask again and be told the same once more.
    events.close();
    if (job.state === "done") onDone();
  };
}
