/** What a tool has drawn so far, for the map to show. */

import { signal } from "@preact/signals";
import type { Point } from "../model/shapes";
import type { Snap } from "../model/snapping";

export interface Sketch {
  readonly line: readonly Point[];
  readonly closed: boolean;
  readonly corners: readonly Point[];
  readonly snap: Snap | null;
  readonly circle: { readonly at: Point; readonly radius_px: number } | null;
}

export const sketch = signal<Sketch | null>(null);

export const EMPTY_SKETCH: Sketch = { line: [], closed: false, corners: [], snap: null, circle: null };
