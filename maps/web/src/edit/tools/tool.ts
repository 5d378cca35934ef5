/** What every tool answers to. Places are metres in the district's planar CRS. */

import type { Point } from "../model/shapes";

export interface Touch {
  readonly at: Point;
  /** Metres a pixel. */
  readonly resolution: number;
  readonly alt: boolean;
  readonly shift: boolean;
  /** A finger or a pen needs a wider reach than a mouse. */
  readonly coarse: boolean;
}

export interface Tool {
  /** Whether a press begins something; else the press moves the map. */
  readonly down: (touch: Touch) => boolean;
  readonly drag: (touch: Touch) => void;
  readonly up: (touch: Touch) => void;
  readonly move: (touch: Touch) => void;
  /** Leaves everything as it was; true when there was something to leave. */
  readonly cancel: () => boolean;
  /** Enter: does what is shown; true when there was something to do. */
  readonly confirm: () => boolean;
  /** Backspace: takes the last step back; true when there was one. */
  readonly backward: () => boolean;
  readonly cursor: string;
  /** What a press at the crosshair of the keys means: a point of a line, begin or end of a stroke, a unit, or nothing. */
  readonly press: "point" | "stroke" | "choose" | "none";
}
