/** Edits that wait, kept in the browser's own database: a closed tab or a lost connection loses nothing. */

import type { Operation } from "../model/types";

export interface Kept {
  readonly request: string;
  readonly at: string;
  /** The revision it was made on. */
  readonly since?: number;
  /** Edits of mine since then that it was made on top of. */
  readonly follows?: readonly string[];
  readonly operation: Operation;
}

const NAME = "wangge";
const STORE = "unsent";

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("the browser's database does not open"));
  });
}

async function ask<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database();
  try {
    return await new Promise<T>((resolve, reject) => {
      const asked = work(db.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error("the browser's database refused"));
    });
  } finally {
    db.close();
  }
}

export async function keep(plan: string, edits: readonly Kept[]): Promise<void> {
  if (edits.length === 0) await ask("readwrite", (store) => store.delete(plan));
  else await ask("readwrite", (store) => store.put(edits, plan));
}

export async function kept(plan: string): Promise<readonly Kept[]> {
  const found = (await ask("readonly", (store) => store.get(plan) as IDBRequest<readonly Kept[] | undefined>)) ?? [];
  return found;
}
