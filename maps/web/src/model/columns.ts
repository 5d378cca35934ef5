/** Which column of a file holds which field, as a person types it: one `field = column` a line. */

export type ColumnMapping = Readonly<Record<string, string>>;

/** The mapping, or the first line that cannot be read. Empty lines are skipped. */
export function readMapping(text: string): ColumnMapping | { readonly unreadable: string } {
  const mapping: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    const [field, column] = [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
    if (line.trim() === "") continue;
    if (at < 0 || field === "" || column === "") return { unreadable: line.trim() };
    mapping[field] = column;
  }
  return mapping;
}

export function isUnreadable(read: ReturnType<typeof readMapping>): read is { readonly unreadable: string } {
  return Object.hasOwn(read, "unreadable") && Object.keys(read).length === 1;
}
