/** Sheets of units: what the server tells of each, and its map drawn at a round scale. */

import Feature from "ol/Feature";
import { MultiPolygon, Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import { batch, signal } from "@preact/signals";
import { makeGround } from "../map/ground";
import * as palette from "../map/palette";
import { labelLines, shortName } from "../messages/translate";
import { clipped, labelCircle } from "../model/label_point";
import type { Bounds, District, Unit } from "../model/types";
import { getJson } from "../state/client";
import * as state from "../state/state";
import type { BorderRun, Neighbour } from "./border_words";
import { cssPixels, denominatorFor, resolutionFor } from "./page_layout";
import { Picture } from "./picture";

export interface Told {
  readonly neighbours: readonly Neighbour[];
  readonly border: readonly BorderRun[];
  readonly rim_m: number;
  readonly staff: readonly { readonly role: string; readonly level: string; readonly headcount: number }[] | null;
  readonly vacancies: readonly { readonly role: string; readonly missing: number; readonly severity: "error" | "warning" }[] | null;
  readonly service_points: readonly {
    readonly id: number;
    readonly name: string;
    readonly name_en: string | null;
    readonly level: string | null;
    readonly windows: number | null;
    readonly offers: number | null;
    readonly inside: boolean;
    readonly distance_m: number;
  }[];
}

export interface Sheet {
  readonly unit: Unit;
  readonly told: Told;
  readonly picture: string;
  readonly denominator: number;
}

/** Units whose sheets are asked for; null while none are shown. */
export const wanted = signal<readonly Unit[] | null>(null);
export const ready = signal<readonly Sheet[]>([]);

/** The map's frame on a sheet, millimetres. */
export const FRAME = { x: 0, y: 0, wide: 186, high: 122 };
/** Room around a unit, so that its neighbours are seen. */
const MARGIN = 0.18;
/** Finer than the screen, coarser than the view's own PDF: a community's sheets are many pictures. */
const RATIO = 1.8;

let turn = 0;

export function closeSheets(): void {
  turn += 1;
  batch(() => {
    wanted.value = null;
    ready.value = [];
  });
}

/** Makes the sheets one after the other; each is shown when it is done. */
export function openSheets(units: readonly Unit[]): void {
  turn += 1;
  const mine = turn;
  const district = state.district.peek();
  const plan = state.planId.peek();
  if (district === null || plan === null) return;
  batch(() => {
    state.popover.value = null;
    wanted.value = units;
    ready.value = [];
  });
  void make(district, plan, units, () => turn === mine).catch((failure: unknown) => {
    if (turn !== mine) return;
    closeSheets();
    state.notify("error", failure instanceof Error ? failure.message : String(failure), { label: "error.retry", run: () => openSheets(units) });
  });
}

async function make(district: District, plan: string, units: readonly Unit[], current: () => boolean): Promise<void> {
  const ground = makeGround(district);
  const drawing = new Drawing();
  const picture = new Picture(district, [...ground.layers, ...drawing.layers], Math.round(cssPixels(FRAME.wide)), Math.round(cssPixels(FRAME.high)), RATIO);
  try {
    for (const unit of units) {
      const told = await getJson<Told>(`/api/plans/${plan}/units/${unit.id}/sheet`, state.language.peek());
      if (!current()) return;
      const [minx, miny, maxx, maxy] = unit.bounds;
      const [wide, high] = [(maxx - minx) * (1 + 2 * MARGIN), (maxy - miny) * (1 + 2 * MARGIN)];
      const denominator = denominatorFor(wide, high, FRAME);
      const view = { x: (minx + maxx) / 2, y: (miny + maxy) / 2, resolution: resolutionFor(denominator) };
      drawing.show(unit, told.neighbours, frameAround(view));
      const canvas = await picture.draw(view);
      if (!current()) return;
      ready.value = [...ready.peek(), { unit, told, picture: canvas.toDataURL("image/png"), denominator }];
    }
  } finally {
    [ground, picture].forEach((one) => one.dispose());
  }
}

function frameAround({ x, y, resolution }: { readonly x: number; readonly y: number; readonly resolution: number }): Bounds {
  // A little less than the frame, so that no name is cut by its edge.
  const [dx, dy] = [(cssPixels(FRAME.wide - 16) * resolution) / 2, (cssPixels(FRAME.high - 8) * resolution) / 2];
  return [x - dx, y - dy, x + dx, y + dy];
}

/** The unit in a dark outline, its neighbours in thin ones with their names. */
class Drawing {
  readonly #source = new VectorSource();
  readonly #names = new VectorSource();
  readonly layers = [
    new VectorLayer({ source: this.#source, zIndex: 40, style: (feature) => (feature.get("own") === true ? OWN : OTHER) }),
    new VectorLayer({ source: this.#names, zIndex: 200, declutter: true, style: (feature) => nameStyle(feature.get("text") as string, feature.get("own") === true) }),
  ];

  show(unit: Unit, neighbours: readonly Neighbour[], frame: Bounds): void {
    const beside = neighbours.map(({ id }) => state.planUnits.peek().byId.get(String(id))).filter((one) => one !== undefined);
    this.#source.clear(true);
    this.#names.clear(true);
    const shown = [...beside, unit];
    this.#source.addFeatures(shown.map((one) => new Feature({ geometry: new MultiPolygon(one.polygons as unknown as number[][][][]), own: one === unit })));
    this.#names.addFeatures(shown.flatMap((one) => nameFeature(one, one === unit, frame)));
  }
}

/** A name stands in the part of its unit that the frame shows. */
function nameFeature(unit: Unit, own: boolean, frame: Bounds): Feature[] {
  const parts = unit.polygons.map((rings) => clipped(rings, frame)).filter((rings) => rings.length > 0);
  if (parts.length === 0) return [];
  const { x, y } = labelCircle(parts);
  return [new Feature({ geometry: new Point([x, y]), own, text: labelLines(shortName(unit, state.language.peek())).join("\n") })];
}

const OTHER = new Style({
  fill: new Fill({ color: "rgba(255,255,255,0.45)" }),
  stroke: new Stroke({ color: palette.BORDER_QUIET, width: 1.3 }),
  zIndex: 1,
});
const OWN = [
  new Style({ stroke: new Stroke({ color: palette.PAPER, width: 8 }), zIndex: 2 }),
  new Style({ stroke: new Stroke({ color: palette.SELECTED, width: 3.4 }), zIndex: 3 }),
];

function nameStyle(text: string, own: boolean): Style {
  return new Style({
    text: new Text({
      text,
      font: `${own ? 700 : 500} ${own ? 16 : 12}px ${palette.SANS}`,
      fill: new Fill({ color: own ? palette.SELECTED : palette.BORDER }),
      stroke: new Stroke({ color: palette.PAPER, width: 3.5 }),
      overflow: true,
    }),
    zIndex: own ? 2 : 1,
  });
}
