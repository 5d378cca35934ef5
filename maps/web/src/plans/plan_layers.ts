/** Plans on the map: areas that differ, old and new borders, conflicts, and comments at their places. */

import { effect } from "@preact/signals";
import Feature from "ol/Feature";
import { LineString, MultiPolygon, Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import * as palette from "../map/palette";
import { pattern } from "../map/patterns";
import { borders, type Line } from "../model/borders";
import { count } from "../model/numbers";
import { onlyIn } from "../model/proposals";
import { LEVELS, type LevelName, type MultiPolygonGeometry, type PolygonGeometry } from "../model/types";
import type { UnitIndex } from "../model/units";
import * as state from "../state/state";
import { areas, comparison, focused, level, oldUnits } from "./comparing";
import { cellKey } from "./model";
import { commentId, comments, taskName } from "./state";
import { conflicts, PATTERNS, sideOf, type Side } from "./updating";

export class PlanLayers {
  readonly #areas = new VectorSource();
  readonly #lines = new VectorSource();
  readonly #pins = new VectorSource();
  readonly #stops: (() => void)[];
  readonly layers: readonly VectorLayer[];

  constructor(ratio = window.devicePixelRatio) {
    const hatch = new VectorLayer({ source: this.#areas, zIndex: 33, style: (feature) => areaStyle(feature, ratio) });
    const words = new VectorLayer({ source: this.#areas, zIndex: 198, declutter: true, style: wordStyle });
    const lines = new VectorLayer({ source: this.#lines, zIndex: 42, style: (feature) => LINES[feature.get("side") === "old" ? "old" : "new"] });
    const pins = new VectorLayer({ source: this.#pins, zIndex: 210, style: pinStyle });
    this.layers = [hatch, lines, words, pins];
    this.#stops = [
      effect(() => replace(this.#areas, [...differing(), ...disputed()])),
      effect(() => replace(this.#lines, borderLines())),
      effect(() => replace(this.#pins, pinned())),
      effect(() => {
        words.setVisible(!state.hidden.value.has("labels"));
      }),
    ];
  }

  dispose(): void {
    this.#stops.forEach((stop) => stop());
  }

  /** Chooses the comment within reach of a place; answers whether there was one. */
  chooseAt(at: readonly [number, number], reach_m: number): boolean {
    const pin = this.#pins.getClosestFeatureToCoordinate([...at]);
    const point = pin?.getGeometry();
    if (!(point instanceof Point)) return false;
    const [x = NaN, y = NaN] = point.getCoordinates();
    if (!(Math.hypot(x - at[0], y - at[1]) <= reach_m)) return false;
    commentId.value = pin?.get("comment") as number;
    return true;
  }
}

function replace(source: VectorSource, features: readonly Feature[]): void {
  source.clear(true);
  source.addFeatures([...features]);
}

function area(geometry: PolygonGeometry | MultiPolygonGeometry, given: Readonly<Record<string, unknown>>): Feature {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return new Feature({ geometry: new MultiPolygon(polygons as unknown as number[][][][]), ...given });
}

function differing(): Feature[] {
  const at = focused.value;
  return (areas.value?.features ?? []).map(({ geometry, properties }) =>
    area(geometry, { text: `⇄ ${count(properties.residents, state.language.value)}`, people: properties.residents ?? 0, focus: cellKey(properties.old, properties.new) === at }),
  );
}

function disputed(): Feature[] {
  return conflicts.value.map((one, k) => area(one.geometry, { text: String(k + 1), people: 1, side: sideOf(one) ?? "open" }));
}

/** Borders the two plans do not share; with nothing to compare there are none. */
function borderLines(): Feature[] {
  const at = level.value;
  if (comparison.value === null || at === null || taskName.value !== "compare") return [];
  const [old, now] = [inner(oldUnits.value, at), inner(state.planUnits.value, at)];
  const feature = (side: string) => (line: Line): Feature => new Feature({ geometry: new LineString(line.map(([x, y]) => [x, y])), side });
  return [...onlyIn(now, old).map(feature("new")), ...onlyIn(old, now).map(feature("old"))];
}

/** Borders of a level and of those above it; the district's outline is the same in both plans. */
function inner(index: UnitIndex, at: LevelName): Line[] {
  const kept: readonly string[] = LEVELS.slice(0, LEVELS.indexOf(at) + 1);
  return [...borders(index.byLevel.get(at) ?? [], index)].filter(([border]) => kept.includes(border)).flatMap(([, lines]) => lines);
}

function pinned(): Feature[] {
  return comments.value.map((one, k) => {
    const feature = new Feature({ geometry: new Point([...one.at]), number: k + 1, resolved: one.resolved_at !== null, chosen: one.id === commentId.value });
    feature.set("comment", one.id);
    return feature;
  });
}

interface Drawn {
  get(key: string): unknown;
}

function areaStyle(feature: Drawn, ratio: number): Style {
  const side = feature.get("side") as Side | "open" | undefined;
  const focus = feature.get("focus") === true;
  return new Style({
    fill: new Fill({ color: pattern(side === undefined ? "changed" : PATTERNS[side], ratio) }),
    stroke: new Stroke({ color: side === undefined || side === "mine" ? palette.CHANGED : side === "open" ? palette.ABOVE : palette.BELOW, width: focus ? 4 : 1 }),
    zIndex: focus ? 2 : 1,
  });
}

function wordStyle(feature: Drawn): Style | undefined {
  if ((feature.get("people") as number) < 1) return undefined;
  return new Style({
    text: new Text({
      text: feature.get("text") as string,
      font: `600 12px ${palette.SANS}`,
      fill: new Fill({ color: feature.get("side") === "open" ? palette.ABOVE : palette.CHANGED }),
      stroke: new Stroke({ color: palette.PAPER, width: 3 }),
    }),
  });
}

const CASING = new Style({ stroke: new Stroke({ color: palette.PAPER, width: 5.5 }), zIndex: 1 });
const LINES: Readonly<Record<"old" | "new", Style[]>> = {
  old: [CASING, new Style({ stroke: new Stroke({ color: palette.COMPARED, width: 2.4, lineDash: [7, 5] }), zIndex: 3 })],
  new: [CASING, new Style({ stroke: new Stroke({ color: palette.NEW, width: 3 }), zIndex: 2 })],
};

function pinStyle(feature: Drawn): Style {
  const [resolved, chosen] = [feature.get("resolved") === true, feature.get("chosen") === true];
  return new Style({
    image: new Circle({
      radius: chosen ? 13 : 11,
      fill: new Fill({ color: resolved ? palette.PAPER : palette.SELECTED }),
      stroke: new Stroke({ color: resolved ? palette.SELECTED : palette.PAPER, width: chosen ? 3 : 2 }),
    }),
    text: new Text({ text: `${resolved ? "✓" : ""}${String(feature.get("number"))}`, font: `600 11px ${palette.SANS}`, fill: new Fill({ color: resolved ? palette.SELECTED : palette.PAPER }) }),
    zIndex: chosen ? 2 : 1,
  });
}
