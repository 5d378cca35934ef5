/** A proposal on the map: areas that change hatched with their residents, and another proposal's borders over it. */

import { effect } from "@preact/signals";
import Feature from "ol/Feature";
import { LineString, MultiPolygon } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import { borders, type Line } from "../model/borders";
import { count } from "../model/numbers";
import { onlyIn, type ChangeFeature } from "../model/proposals";
import { LEVELS } from "../model/types";
import type { UnitIndex } from "../model/units";
import { changes, compared } from "../state/proposing";
import { textScale } from "../state/room";
import * as state from "../state/state";
import * as palette from "./palette";
import { pattern } from "./patterns";

type Mutable = number[][][][];

export class ProposalLayers {
  readonly #changes = new VectorSource();
  readonly #compared = new VectorSource();
  readonly #stops: (() => void)[];
  readonly layers: readonly VectorLayer[];

  constructor(ratio = window.devicePixelRatio) {
    const hatch = new VectorLayer({ source: this.#changes, zIndex: 32, style: () => hatchStyle(ratio) });
    // Below the units' own labels, which say what the hatch cannot.
    const people = new VectorLayer({ source: this.#changes, zIndex: 199, declutter: true, style: (feature) => peopleStyle(feature.get("residents") as number) });
    const other = new VectorLayer({ source: this.#compared, zIndex: 43, style: COMPARED_STYLES });
    this.layers = [hatch, other, people];
    this.#stops = [
      effect(() => {
        this.#replace(this.#changes, changes.value.map(changeFeature));
      }),
      effect(() => {
        this.#replace(this.#compared, compared.value === null ? [] : differing(compared.value, state.units.value));
      }),
      effect(() => people.setVisible(!state.hidden.value.has("labels"))),
    ];
  }

  dispose(): void {
    this.#stops.forEach((stop) => stop());
  }

  #replace(source: VectorSource, features: readonly Feature[]): void {
    source.clear(true);
    source.addFeatures([...features]);
  }
}

function changeFeature({ geometry, properties }: ChangeFeature): Feature {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const feature = new Feature({ geometry: new MultiPolygon(polygons as unknown as Mutable) });
  feature.set("residents", properties.residents, true);
  return feature;
}

/** Borders of one division where the other has none. */
function differing(index: UnitIndex, other: UnitIndex): Feature[] {
  const lines = onlyIn(innerBorders(index), innerBorders(other));
  return lines.map((line) => new Feature({ geometry: new LineString(line.map(([x, y]) => [x, y])) }));
}

/** Borders between units; the district's outline is the same in every proposal. */
function innerBorders(index: UnitIndex): Line[] {
  const finest = [...LEVELS].reverse().find((level) => (index.byLevel.get(level)?.length ?? 0) > 0);
  if (finest === undefined) return [];
  return [...borders(index.byLevel.get(finest) ?? [], index)]
    .filter(([border]) => border !== "district")
    .flatMap(([, lines]) => lines);
}

function hatchStyle(ratio: number): Style {
  return new Style({
    fill: new Fill({ color: pattern("changed", ratio) }),
    stroke: new Stroke({ color: palette.CHANGED, width: 0.8 }),
  });
}

function peopleStyle(residents: number): Style | undefined {
  if (residents < 1) return undefined;
  return new Style({
    text: new Text({
      text: `⇄ ${count(residents, state.language.peek())}`,
      font: `600 ${12 * textScale.peek()}px ${palette.SANS}`,
      fill: new Fill({ color: palette.CHANGED }),
      stroke: new Stroke({ color: palette.PAPER, width: 3 }),
    }),
  });
}

const COMPARED_STYLES = [
  new Style({ stroke: new Stroke({ color: palette.PAPER, width: 4.5 }), zIndex: 1 }),
  new Style({ stroke: new Stroke({ color: palette.COMPARED, width: 2.2, lineDash: [7, 5] }), zIndex: 2 }),
];
