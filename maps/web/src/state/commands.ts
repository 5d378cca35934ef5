/** What the panels ask of the map without knowing it. */

import { signal } from "@preact/signals";
import type { Bounds } from "../model/types";
import type { MapView } from "../map/map_view";

/** Every view's map can do these. */
export type Shown = Pick<MapView, "fit" | "fitDistrict" | "zoom" | "pan" | "selectCentre" | "selectPoint">;

let view: Shown | null = null;

/** The map on screen, or null while there is none. */
export function attach(shown: Shown | null): void {
  view = shown;
}

/** The place that is framed on the map; going elsewhere takes the frame away. */
export const marked = signal<Bounds | null>(null);

export function zoomTo(bounds: Bounds): void {
  marked.value = null;
  view?.fit(bounds);
}

/** Brings a place into view with what lies around it. */
export function zoomAround(bounds: Bounds): void {
  const [x0, y0, x1, y1] = bounds;
  const room = Math.max(x1 - x0, y1 - y0) / 2;
  zoomTo([x0 - room, y0 - room, x1 + room, y1 + room]);
}

/** Brings a place into view and frames it. */
export function showPlace(bounds: Bounds): void {
  zoomAround(bounds);
  marked.value = bounds;
}

export function fitDistrict(): void {
  view?.fitDistrict();
}

export function zoomBy(steps: number): void {
  view?.zoom(steps);
}

export function panBy(right: number, up: number): void {
  view?.pan(right, up);
}

export function selectCentre(): void {
  view?.selectCentre();
}

export function selectPoint(id: string): void {
  view?.selectPoint(id);
}
