/** The map of the plan under edit: ground below, the plan on its own canvases, the tool in hand over them. */

import { effect } from "@preact/signals";
import Map from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { defaults as controls } from "ol/control";
import { defaults as interactions } from "ol/interaction";
import PointerInteraction from "ol/interaction/Pointer";
import type VectorSource from "ol/source/Vector";
import { Camera } from "../../map/camera";
import { makeGround } from "../../map/ground";
import type { Bounds, District } from "../../model/types";
import * as state from "../../state/state";
import { EMPTY_BOX, joined } from "../model/blocks";
import type { Box } from "../model/grid";
import type { Point } from "../model/shapes";
import { viewed } from "../state/history";
import { myStreets, onlyMine } from "../state/scope";
import { canUse, model, onRedraw, tool } from "../state/session";
import { leaveCrosshair, moveCrosshairOver, type CrosshairMap } from "../tools/crosshair";
import { toggleChosen, unitUnder } from "../tools/choose";
import { hand } from "../tools/hand";
import { snapToGround } from "../tools/snap_source";
import type { Touch } from "../tools/tool";
import { CachedLayer } from "./cached_layer";
import { OverlayLayer } from "./overlay_layer";
import { paintBorders, paintFills } from "./plan_painting";
import { UnitLabels } from "./unit_labels";
import { ViewedLayer } from "./viewed_layer";

/** Room for the tools above and the levels below. */
const PADDING = [84, 24, 48, 24];

let toPixel: (at: Point) => readonly [number, number] | null = () => null;

/** Where a place of the district is in the map's pane; null before the map is drawn. */
export function pixelOf(at: Point): readonly [number, number] | null {
  return toPixel(at);
}

export class EditMap {
  readonly #map: Map;
  readonly #camera: Camera;
  readonly #ground: ReturnType<typeof makeGround>;
  readonly #fills = new CachedLayer(paintFills, 10);
  readonly #borders = new CachedLayer(paintBorders, 40);
  readonly #overlay = new OverlayLayer();
  readonly #labels = new UnitLabels();
  readonly #viewed = new ViewedLayer();
  readonly #watch: ResizeObserver;
  readonly #stops: (() => void)[] = [];

  constructor(target: HTMLElement, district: District) {
    this.#ground = makeGround(district);
    this.#map = new Map({
      target,
      view: Camera.view(district),
      layers: [...this.#ground.layers, this.#fills, this.#borders, this.#viewed.layer, this.#overlay, this.#labels.layer],
      controls: controls({ zoom: false, rotate: false, attribution: false }),
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false, doubleClickZoom: false, shiftDragZoom: false }),
    });
    this.#map.addInteraction(new HandInteraction());
    this.#camera = new Camera(this.#map, district, () => PADDING);
    this.#camera.start();
    this.#listen(target);
    snapToGround((layer) => this.#features(layer));
    moveCrosshairOver(this.#crosshairMap(target));
    toPixel = (at) => this.#map.getPixelFromCoordinate([...at]) as [number, number] | null;
    this.#watch = new ResizeObserver(() => this.#map.updateSize());
    this.#watch.observe(target);
  }

  dispose(): void {
    this.#watch.disconnect();
    this.#stops.forEach((stop) => stop());
    this.#overlay.stop();
    this.#labels.dispose();
    this.#viewed.dispose();
    this.#ground.dispose();
    snapToGround(() => []);
    moveCrosshairOver(null);
    toPixel = () => null;
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
    const [x, y] = this.#map.getView().getCenter() ?? [NaN, NaN];
    this.#click({ at: [x ?? NaN, y ?? NaN], resolution: 1, alt: false, shift: false, coarse: false });
  }

  selectPoint(id: string): void {
    const point = this.#ground.pointById(id);
    if (point !== null) state.servicePoint.value = point;
  }

  #crosshairMap(element: HTMLElement): CrosshairMap {
    const view = this.#map.getView();
    const centre = (): Point => (view.getCenter() ?? [NaN, NaN]) as [number, number];
    return {
      element,
      centre,
      resolution: () => view.getResolution() ?? 1,
      click: (touch) => this.#click(touch),
      bringIntoView: (at) => {
        const [[x, y], [width, height]] = [pixelOf(at) ?? [0, 0], this.#map.getSize() ?? [0, 0]];
        const [top, right, bottom, left] = PADDING as [number, number, number, number];
        if (x < left || y < top || x > (width ?? 0) - right || y > (height ?? 0) - bottom) view.setCenter([...at]);
      },
    };
  }

  #features(layer: "roads" | "water"): ReturnType<VectorSource["getFeatures"]> {
    const found = this.#ground.layers.find((one) => one.get("name") === layer);
    return found?.getSource()?.getFeatures() ?? [];
  }

  #listen(target: HTMLElement): void {
    this.#map.on("moveend", () => this.#camera.remember());
    this.#map.on("click", (event) => this.#click(touchOf(event)));
    this.#map.on("pointermove", (event) => {
      if (event.dragging) return;
      if (isMoved(event)) leaveCrosshair();
      const touch = touchOf(event);
      state.pointer.value = touch.at;
      const plan = model.peek();
      state.hoveredId.value = plan === null || touch.coarse ? null : unitUnder(plan, touch);
    });
    target.addEventListener("pointerleave", () => {
      state.hoveredId.value = null;
      state.pointer.value = null;
    });
    this.#stops.push(
      onRedraw((blocks) => this.#redraw(blocks)),
      effect(() => {
        void [model.value, state.level.value, myStreets.value, onlyMine.value];
        this.#redraw(null);
      }),
      effect(() => {
        void tool.value;
        target.style.cursor = hand().cursor;
      }),
    );
  }

  #click(touch: Touch): void {
    const plan = model.peek();
    if (plan === null || (tool.peek() !== "select" && tool.peek() !== "merge")) return;
    const id = unitUnder(plan, touch);
    if (tool.peek() === "merge" && id !== null) toggleChosen(id);
    else if (tool.peek() === "select") state.select(id === null ? null : (state.planUnits.peek().byId.get(id) ?? null));
  }

  #redraw(blocks: readonly number[] | null): void {
    const plan = model.peek();
    const box = blocks === null || plan === null ? null : blocks.reduce<Box>((all, block) => joined(all, plan.blocks.box[block] ?? EMPTY_BOX), EMPTY_BOX);
    if (box !== null && box[0] > box[2]) return;
    this.#fills.redraw(box);
    this.#borders.redraw(box);
  }
}

/** One finger or the left button drives the tool; two fingers, the middle button or Space move the map. */
class HandInteraction extends PointerInteraction {
  override handleDownEvent(event: MapBrowserEvent): boolean {
    if (this.targetPointers.length > 1) {
      hand().cancel();
      return false;
    }
    const { originalEvent: from } = event;
    if (from instanceof PointerEvent && (from.button !== 0 || spaceHeld)) return false;
    if (!canUse(tool.peek()) || viewed.peek() !== null) return false;
    return hand().down(touchOf(event));
  }

  override handleDragEvent(event: MapBrowserEvent): void {
    if (this.targetPointers.length > 1) {
      // A second finger came: what the first began is left, and the two move the map.
      hand().cancel();
      this.handlingDownUpSequence = false;
      return;
    }
    const touch = touchOf(event);
    state.pointer.value = touch.at;
    hand().drag(touch);
  }

  override handleUpEvent(event: MapBrowserEvent): boolean {
    if (this.targetPointers.length > 0) hand().cancel();
    else hand().up(touchOf(event));
    return false;
  }

  override handleMoveEvent(event: MapBrowserEvent): void {
    if (!event.dragging) hand().move(touchOf(event));
  }

  override stopDown(handled: boolean): boolean {
    return handled;
  }
}

let spaceHeld = false;

/** Space lets a mouse move the map without putting the tool down. */
export function holdSpace(held: boolean): void {
  spaceHeld = held;
}

/** A browser also tells of a pointer that rests while what lies under it moves. */
function isMoved({ originalEvent: from }: MapBrowserEvent): boolean {
  return !(from instanceof PointerEvent) || from.movementX !== 0 || from.movementY !== 0;
}

function touchOf(event: MapBrowserEvent): Touch {
  const { originalEvent: from, coordinate } = event;
  const pointer = from instanceof PointerEvent ? from : null;
  return {
    at: [coordinate[0] ?? NaN, coordinate[1] ?? NaN],
    resolution: event.map.getView().getResolution() ?? 1,
    alt: pointer?.altKey ?? false,
    shift: pointer?.shiftKey ?? false,
    coarse: pointer !== null && pointer.pointerType !== "mouse",
  };
}
