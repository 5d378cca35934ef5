/** What the panels ask of the map without knowing it. */

import type { Bounds } from "../model/types";
import type { MapView } from "../map/map_view";

/** Every view's map can do these. */
export type Shown = Pick<MapView, "fit" | "fitDistrict" | "zoom" | "pan" | "selectCentre" | "selectPoint">;

let view: Shown | null = null;

/** The map on screen, or null while there is none. */
export function attach(shown: Shown | null): void {
  view = shown;
}

export function zoomTo(bounds: Bounds): void {
  view?.fit(bounds);
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
