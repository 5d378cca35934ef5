/** Arguments as the platform takes them: ids are numbers there, and what is not given is left out. */

import type { Arguments } from "./types";

export function asSent(given: Arguments): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === "unit" || name === "into" || name === "parent") {
      if (value !== null) sent[name] = Number(value);
    } else if (name === "units") sent[name] = (value as readonly string[]).map(Number);
    else if (name === "edits") {
      const edits = value as NonNullable<Arguments["edits"]>;
      sent[name] = edits.map((edit) => ({ operation: edit.operation, arguments: asSent(edit.arguments) }));
    } else if (value !== undefined) sent[name] = value;
  }
  return sent;
}
