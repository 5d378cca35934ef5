/** Line icons, drawn here so that no font or picture is fetched. */

import type { JSX } from "preact";

const PATHS = {
  overview: "M3 5l5-2 4 2 5-2v12l-5 2-4-2-5 2zM8 3v12M12 5v12",
  layers: "M10 3l7 4-7 4-7-4zM3 10.5l7 4 7-4M3 14l7 4 7-4",
  propose: "M3 4h14v12H3zM3 10h6l2-3h6M9 10l2 6",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M8 4v12",
  paper: "M6 7V3h8v4M6 14H3V7h14v7h-3M6 11.5h8V17H6z",
  export: "M10 3v9M6.5 8.5L10 12l3.5-3.5M3.5 14v3h13v-3",
  import: "M10 12V3M6.5 6.5L10 3l3.5 3.5M3.5 14v3h13v-3",
  keys: "M2.5 6h15v8.5h-15zM5 9h.01M8 9h.01M11 9h.01M14.5 9h.01M6 12h8",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  whole: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  close: "M5 5l10 10M15 5L5 15",
  fold: "M5 8l5 5 5-5",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
