/** The OpenLayers map: made for a district, kept in step with the state. */

import { effect } from "@preact/signals";
import Map from "ol/Map";
import { defaults as controls } from "ol/control";
import { defaults as interactions } from "ol/interaction";
import type { District, Bounds } from "../model/types";
import * as state from "../state/state";
import { Camera } from "./camera";
import { makeGround } from "./ground";
import { ProposalLayers } from "./proposal_layers";
import { PlanLayers } from "../plans/plan_layers";
import { place as placed, placing } from "../plans/state";
import { UnitLayers } from "./unit_layers";

/** A mark is easier to hit when its surroundings count. */
const POINT_REACH_PX = 9;
/** Room for the legend on the left, where there is any to give. */
const FIT_PADDING = [24, 48, 24, 120];
const FIT_PADDING_NARROW = [60, 16, 56, 16];
/** Labels keep this far from the map's edge, so that they are not cut. */
const LABEL_MARGIN_PX = 40;
const NARROW_PX = 700;

export class MapView {
  readonly #map: Map;
  readonly #camera: Camera;
  readonly #units = new UnitLayers();
  readonly #proposal = new ProposalLayers();
  readonly #plans = new PlanLayers();
  readonly #ground: ReturnType<typeof makeGround>;
  readonly #stops: (() => void)[] = [];
  readonly #watch: ResizeObserver;

  constructor(target: HTMLElement, district: District) {
    this.#ground = makeGround(district);
    this.#map = new Map({
      target,
      view: Camera.view(district),
      layers: [...this.#ground.layers, ...this.#units.layers, ...this.#proposal.layers, ...this.#plans.layers],
      controls: controls({ zoom: false, rotate: false, attribution: false }),
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false }),
    });
    this.#camera = new Camera(this.#map, district, (width_px) => (width_px > NARROW_PX ? FIT_PADDING : FIT_PADDING_NARROW));
    this.#camera.start();
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

  fit(bounds: Bounds): void {
    this.#camera.fit(bounds);
  }

  fitDistrict(): void {
    this.#camera.fitDistrict();
  }

  zoom(steps: number): void {
    this.#camera.zoom(steps);
  }

  pan(right: number, up: number): void {
    this.#camera.pan(right, up);
  }

  selectCentre(): void {
    const centre = this.#map.getView().getCenter();
    if (centre !== undefined) state.select(this.#units.unitAt(centre));
  }

  selectPoint(id: string): void {
    const point = this.#ground.pointById(id);
    if (point !== null) state.servicePoint.value = point;
  }

  #listen(target: HTMLElement): void {
    this.#map.on("moveend", () => {
      this.#camera.remember();
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
