/** The map drawn once more, away from the screen, at the size and fineness of paper. */

import Map from "ol/Map";
import View from "ol/View";
import type Layer from "ol/layer/Layer";
import { makeGround } from "../map/ground";
import { GROUND } from "../map/palette";
import { projectionOf } from "../map/projection";
import { ProposalLayers } from "../map/proposal_layers";
import { UnitLayers } from "../map/unit_layers";
import { PlanLayers } from "../plans/plan_layers";
import type { District } from "../model/types";

export const DPI = 200;
const RATIO = DPI / 96;

export interface View2d {
  readonly x: number;
  readonly y: number;
  /** Metres a CSS pixel. */
  readonly resolution: number;
}

/** A map that is never seen, with pages drawn from it one after the other. */
export class Picture {
  readonly #map: Map;
  readonly #holder = document.createElement("div");

  constructor(district: District, layers: readonly Layer[], wide_px: number, high_px: number, ratio = RATIO) {
    this.#holder.setAttribute("aria-hidden", "true");
    this.#holder.style.cssText = `position:fixed;left:-100000px;top:0;width:${wide_px}px;height:${high_px}px`;
    document.body.append(this.#holder);
    this.#map = new Map({
      target: this.#holder,
      pixelRatio: ratio,
      layers: [...layers],
      controls: [],
      interactions: [],
      view: new View({ projection: projectionOf(district), center: [0, 0], resolution: 1, minResolution: 0.01, maxResolution: 1000 }),
    });
    this.#map.setSize([wide_px, high_px]);
  }

  /** Draws a view once everything in it has come, and answers with a canvas of its own. */
  draw({ x, y, resolution }: View2d): Promise<HTMLCanvasElement> {
    const view = this.#map.getView();
    view.setCenter([x, y]);
    view.setResolution(resolution);
    return new Promise((resolve) => {
      this.#map.once("rendercomplete", () => resolve(this.#copied()));
      this.#map.render();
    });
  }

  extent(): readonly number[] {
    return this.#map.getView().calculateExtent(this.#map.getSize() ?? [1, 1]);
  }

  dispose(): void {
    this.#map.setTarget();
    this.#map.dispose();
    this.#holder.remove();
  }

  /** OpenLayers may hold several canvases, each with its own opacity and place. */
  #copied(): HTMLCanvasElement {
    const parts = [...this.#holder.querySelectorAll<HTMLCanvasElement>(".ol-layer canvas, canvas.ol-layer")].filter((one) => one.width > 0);
    const out = document.createElement("canvas");
    const [wide = 0, high = 0] = this.#map.getSize() ?? [];
    const ratio = (parts[0]?.width ?? 0) / wide || RATIO;
    out.width = Math.round(wide * ratio);
    out.height = Math.round(high * ratio);
    const context = out.getContext("2d");
    if (context === null) throw new Error("this browser does not draw on a canvas");
    context.fillStyle = GROUND;
    context.fillRect(0, 0, out.width, out.height);
    for (const part of parts) {
      const opacity = part.parentElement?.style.opacity ?? "";
      context.globalAlpha = opacity === "" ? 1 : Number(opacity);
      const matrix = /^matrix\(([^)]*)\)$/.exec(part.style.transform)?.[1]?.split(",").map(Number);
      // The page's own transform is in CSS pixels, the canvas in those of the paper.
      const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = matrix ?? [];
      context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
      if (matrix === undefined) context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(part, 0, 0);
    }
    return out;
  }
}

/** The view as it is on the screen, with all that lies on it, drawn anew for paper. */
export async function pictureOfView(district: District, view: View2d, wide_px: number, high_px: number): Promise<HTMLCanvasElement> {
  const ground = makeGround(district);
  const [units, proposal, plans] = [new UnitLayers(RATIO), new ProposalLayers(RATIO), new PlanLayers(RATIO)];
  const picture = new Picture(district, [...ground.layers, ...units.layers, ...proposal.layers, ...plans.layers], wide_px, high_px);
  try {
    await picture.draw(view);
    units.look(picture.extent());
    return await picture.draw(view);
  } finally {
    [ground, units, proposal, plans, picture].forEach((one) => one.dispose());
  }
}
