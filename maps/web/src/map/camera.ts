/** Moving the map by buttons, keys and links, the same in every view. */

import type Map from "ol/Map";
import View from "ol/View";
import type { Bounds, District } from "../model/types";
import * as state from "../state/state";
import { projectionOf } from "./projection";

const KEY_PAN_PX = 96;
const NEAREST = 0.05;
const WORLD: Bounds = [0, 0, 1000, 1000];

export class Camera {
  constructor(
    private readonly map: Map,
    private readonly district: District,
    /** Pixels to leave free around what is brought into view, by the map's width: top, right, bottom, left. */
    private readonly padding: (width_px: number) => readonly number[],
  ) {}

  static view(district: District): View {
    const bounds = district.bounds ?? WORLD;
    return new View({
      projection: projectionOf(district),
      center: [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
      resolution: 10,
      maxResolution: Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / 160,
      minResolution: NEAREST,
      enableRotation: false,
      smoothExtentConstraint: true,
      extent: [...grown(bounds, 0.5)],
      constrainOnlyCenter: true,
    });
  }

  /** The place of the address, else the whole district. */
  start(): void {
    this.map.updateSize();
    const place = state.place.peek();
    const view = this.map.getView();
    if (place === null) this.fit(this.district.bounds ?? WORLD, false);
    else {
      view.setCenter([place.x, place.y]);
      view.setResolution(place.resolution);
    }
    this.remember();
  }

  remember(): void {
    const view = this.map.getView();
    const [x, y] = view.getCenter() ?? [];
    const resolution = view.getResolution();
    if (x !== undefined && y !== undefined && resolution !== undefined) state.place.value = { x, y, resolution };
  }

  fit(bounds: Bounds, animate = true): void {
    const padding = [...this.padding(this.map.getSize()?.[0] ?? 0)];
    this.map.getView().fit([...grown(bounds, 0.03)], { padding, duration: animate && !calm() ? 220 : 0, minResolution: 0.15 });
  }

  fitDistrict(): void {
    if (this.district.bounds !== null) this.fit(this.district.bounds);
  }

  zoom(steps: number): void {
    const view = this.map.getView();
    view.cancelAnimations();
    const resolution = view.getConstrainedResolution((view.getResolution() ?? 1) / 2 ** steps);
    view.animate({ ...(resolution === undefined ? {} : { resolution }), duration: calm() ? 0 : 120 });
  }

  pan(right: number, up: number): void {
    const view = this.map.getView();
    const [x, y] = view.getCenter() ?? [0, 0];
    const step = KEY_PAN_PX * (view.getResolution() ?? 1);
    view.cancelAnimations();
    const center = view.getConstrainedCenter([(x ?? 0) + right * step, (y ?? 0) + up * step]);
    view.animate({ ...(center === undefined ? {} : { center }), duration: calm() ? 0 : 90 });
  }
}

/** People who asked their system for less motion get none. */
function calm(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function grown([minx, miny, maxx, maxy]: Bounds, share: number): Bounds {
  const [dx, dy] = [(maxx - minx) * share, (maxy - miny) * share];
  return [minx - dx, miny - dy, maxx + dx, maxy + dy];
}
