/** The OpenLayers map: made for a district, kept in step with the state. */

import { effect } from "@preact/signals";
import Map from "ol/Map";
import View from "ol/View";
import { defaults as controls } from "ol/control";
import { defaults as interactions } from "ol/interaction";
import type { District, Bounds } from "../model/types";
import * as state from "../state/state";
import { makeGround } from "./ground";
import { projectionOf } from "./projection";
import { ProposalLayers } from "./proposal_layers";
import { PlanLayers } from "../plans/plan_layers";
import { place as placed, placing } from "../plans/state";
import { UnitLayers } from "./unit_layers";

const KEY_PAN_PX = 96;
/** A mark is easier to hit when its surroundings count. */
const POINT_REACH_PX = 9;
const NEAREST = 0.05;
/** Room for the legend on the left, where there is any to give. */
const FIT_PADDING = [24, 48, 24, 120];
const FIT_PADDING_NARROW = [60, 16, 56, 16];
/** Labels keep this far from the map's edge, so that they are not cut. */
const LABEL_MARGIN_PX = 40;
const NARROW_PX = 700;

export class MapView {
  readonly #map: Map;
  readonly #units = new UnitLayers();
  readonly #proposal = new ProposalLayers();
  readonly #plans = new PlanLayers();
  readonly #ground: ReturnType<typeof makeGround>;
  readonly #stops: (() => void)[] = [];
  readonly #watch: ResizeObserver;

  constructor(
    target: HTMLElement,
    private readonly district: District,
  ) {
    this.#ground = makeGround(district);
    const bounds = district.bounds ?? [0, 0, 1000, 1000];
    const view = new View({
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
    this.#map = new Map({
      target,
      view,
      layers: [...this.#ground.layers, ...this.#units.layers, ...this.#proposal.layers, ...this.#plans.layers],
      controls: controls({ zoom: false, rotate: false, attribution: false }),
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false }),
    });
    this.#place(bounds);
    this.#listen(target);
    // The panels change the map's size; OpenLayers only watches the window by itself.
    this.#watch = new ResizeObserver(() => this.#map.updateSize());
    this.#watch.observe(target);
  }

  dispose(): void {
    this.#watch.disconnect();
    this.#stops.forEach((stop) => stop());
    this.#units.dispose();
    this.#proposal.dispose();
    this.#plans.dispose();
    this.#ground.dispose();
    this.#map.setTarget();
    this.#map.dispose();
  }

  fit(bounds: Bounds, animate = true): void {
    const wide = (this.#map.getSize()?.[0] ?? 0) > NARROW_PX;
    this.#map.getView().fit([...grown(bounds, 0.03)], {
      padding: wide ? FIT_PADDING : FIT_PADDING_NARROW,
      duration: animate && !calm() ? 220 : 0,
      minResolution: 0.15,
    });
  }

  fitDistrict(): void {
    if (this.district.bounds !== null) this.fit(this.district.bounds);
  }

  zoom(steps: number): void {
    const view = this.#map.getView();
    view.cancelAnimations();
    const resolution = view.getConstrainedResolution((view.getResolution() ?? 1) / 2 ** steps);
    view.animate({ ...(resolution === undefined ? {} : { resolution }), duration: calm() ? 0 : 120 });
  }

  pan(right: number, up: number): void {
    const view = this.#map.getView();
    const [x, y] = view.getCenter() ?? [0, 0];
    const step = KEY_PAN_PX * (view.getResolution() ?? 1);
    view.cancelAnimations();
    const center = view.getConstrainedCenter([(x ?? 0) + right * step, (y ?? 0) + up * step]);
    view.animate({ ...(center === undefined ? {} : { center }), duration: calm() ? 0 : 90 });
  }

  selectCentre(): void {
    const centre = this.#map.getView().getCenter();
    if (centre !== undefined) state.select(this.#units.unitAt(centre));
  }

  selectPoint(id: string): void {
    const point = this.#ground.pointById(id);
    if (point !== null) state.servicePoint.value = point;
  }

  #place(bounds: Bounds): void {
    this.#map.updateSize();
    const place = state.place.peek();
    const view = this.#map.getView();
    if (place === null) this.fit(bounds, false);
    else {
      view.setCenter([place.x, place.y]);
      view.setResolution(place.resolution);
    }
    this.#remember();
  }

  #remember(): void {
    const view = this.#map.getView();
    const [x, y] = view.getCenter() ?? [];
    const resolution = view.getResolution();
    if (x !== undefined && y !== undefined && resolution !== undefined) state.place.value = { x, y, resolution };
  }

  #listen(target: HTMLElement): void {
    this.#map.on("moveend", () => {
      this.#remember();
      const [width = 0, height = 0] = this.#map.getSize() ?? [];
      const inner = [Math.max(1, width - 2 * LABEL_MARGIN_PX), Math.max(1, height - LABEL_MARGIN_PX)];
      this.#units.look(this.#map.getView().calculateExtent(inner));
    });
    this.#map.on("pointermove", (event) => {
      if (event.dragging) return;
      const [x, y] = event.coordinate;
      state.pointer.value = [x ?? NaN, y ?? NaN];
      // A finger does not hover; its touch selects.
      const mouse = !(event.originalEvent instanceof PointerEvent) || event.originalEvent.pointerType !== "touch";
      state.hoveredId.value = mouse ? (this.#units.unitAt(event.coordinate)?.id ?? null) : null;
    });
    // Not "singleclick": that waits a quarter of a second for a second one.
    this.#map.on("click", (event) => {
      const reach_m = POINT_REACH_PX * (this.#map.getView().getResolution() ?? 1);
      const [x = NaN, y = NaN] = event.coordinate;
      if (placed([x, y], this.#units.unitAt(event.coordinate)?.id ?? null) || this.#plans.chooseAt([x, y], reach_m * 2)) return;
      const point = this.#ground.pointAt(event.coordinate, reach_m);
      if (point === null) state.select(this.#units.unitAt(event.coordinate));
      else state.servicePoint.value = point;
    });
    target.addEventListener("pointerleave", () => {
      state.hoveredId.value = null;
      state.pointer.value = null;
    });
    this.#stops.push(
      effect(() => {
        target.style.cursor = placing.value !== null ? "crosshair" : state.hoveredId.value === null ? "" : "pointer";
      }),
    );
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
