/** Icons of the tools, drawn here like the page's own. */

import type { JSX } from "preact";
import type { ToolName } from "../state/session";

const PATHS: Readonly<Record<ToolName | "undo" | "redo" | "finish" | "back", string>> = {
  select: "M5 3l10 7-5 1-2 5z",
  brush: "M13 3l4 4-7 7H6v-4zM3 17h6",
  rectangle: "M3 5h14v10H3z",
  lasso: "M10 4c4 0 7 2 7 4.5s-3 4.5-7 4.5-7-2-7-4.5S6 4 10 4zM7 13c1 2 0 3-2 4",
  border: "M10 2v16M6 7l-3 3 3 3M14 7l3 3-3 3",
  new: "M3 4h14v12H3zM10 7v6M7 10h6",
  split: "M3 4h14v12H3zM8 4l4 12",
  reshape: "M3 14c3 0 3-8 7-8s4 8 7 8M10 3v3",
  cut: "M3 3l9 11M3 17l9-11M14 10h3M9.5 10h1",
  merge: "M3 5h6v10H3zM11 5h6v10h-6zM8 10h4",
  measure: "M3 13L13 3l4 4L7 17zM6 10l2 2M9 7l2 2M12 4l2 2",
  undo: "M8 4L4 8l4 4M4 8h8a4 4 0 0 1 0 8H9",
  redo: "M12 4l4 4-4 4M16 8H8a4 4 0 0 0 0 8h3",
  finish: "M4 10l4 4 8-9",
  back: "M12 4l-6 6 6 6",
};

export function ToolIcon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
