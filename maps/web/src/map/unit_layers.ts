/** The plan on the map: fills, borders drawn once, halo and mask of the district, labels, selection. */

import { effect } from "@preact/signals";
import Feature from "ol/Feature";
import { LineString, MultiLineString, MultiPolygon, Point, Polygon } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { borders, type BorderLevel, type Line } from "../model/borders";
import { suppressedSet } from "../model/classes";
import { clipped, labelCircle, type Circle } from "../model/label_point";
import { LEVELS, type Bounds, type LevelName, type Unit } from "../model/types";
import type { UnitIndex } from "../model/units";
import { textScale } from "../state/room";
import * as state from "../state/state";
import { LabelLevels } from "./label_levels";
import * as styles from "./unit_styles";

type Mutable = number[][][][];

export class UnitLayers {
  /** Polygons of the level in work: the page's own index for what is under the pointer. */
  readonly #fills = new VectorSource<Feature<MultiPolygon>>();
  readonly #borders = new VectorSource();
  readonly #mask = new VectorSource();
  readonly #labels = new VectorSource();
  readonly #selected = new VectorSource();
  readonly #hovered = new VectorSource();
  readonly #labelLayer: VectorLayer;
  readonly #fillLayer: VectorLayer;
  readonly #borderLayer: VectorLayer;
  readonly #stops: (() => void)[] = [];
  readonly layers: readonly VectorLayer[];
  #names: LabelLevels | null = null;
  #screen: Bounds | null = null;
  #look: styles.Look = { language: "zh-CN", scale: 1, figure: null, figures: null, suppressed: new Set() };

  constructor(private readonly ratio = window.devicePixelRatio) {
    this.#fillLayer = new VectorLayer({
      source: this.#fills,
      zIndex: 10,
      style: (feature) => {
        const unit = unitOf(feature);
        return unit === null ? undefined : styles.fillStyles(unit, this.#look);
      },
    });
    this.#borderLayer = new VectorLayer({
      source: this.#borders,
      zIndex: 40,
      style: (feature, resolution) =>
        styles.borderStyle(feature.get("border") as BorderLevel, state.level.peek(), resolution),
    });
    this.#labelLayer = new VectorLayer({
      source: this.#labels,
      zIndex: 200,
      declutter: true,
      // Without this, labels near the edge of the screen would appear and vanish while panning.
      renderBuffer: 200,
      style: (feature, resolution) => this.#labelStyle(unitOf(feature), feature.get("radius"), resolution),
    });
    this.layers = [
      this.#fillLayer,
      new VectorLayer({ source: this.#mask, zIndex: 34, style: (feature) => feature.get("halo") === true ? styles.HALO_STYLE : undefined }),
      new VectorLayer({ source: this.#mask, zIndex: 35, style: (feature) => feature.get("halo") === true ? undefined : styles.MASK_STYLE }),
      this.#borderLayer,
      new VectorLayer({ source: this.#hovered, zIndex: 44, style: styles.HOVERED_STYLES }),
      new VectorLayer({ source: this.#selected, zIndex: 45, style: styles.SELECTED_STYLES }),
      this.#labelLayer,
    ];
    this.#follow();
  }

  /** The unit of the level in work at a place, from the page's own data. */
  unitAt(position: readonly number[]): Unit | null {
    const found = this.#fills.getFeaturesAtCoordinate([position[0] ?? NaN, position[1] ?? NaN]);
    return found[0] === undefined ? null : unitOf(found[0]);
  }

  /**
   * Takes note of what the screen shows. A unit larger than the screen is labelled in its visible part, since its own
   * label point may be far away.
   */
  look(extent: readonly number[]): void {
    const [minx = 0, miny = 0, maxx = 0, maxy = 0] = extent;
    this.#screen = [minx, miny, maxx, maxy];
    this.#placeLabels(this.#screen);
  }

  #placeLabels(box: Bounds): void {
    for (const feature of this.#labels.getFeatures()) {
      const unit = unitOf(feature);
      const point = feature.getGeometry();
      if (unit === null || !(point instanceof Point)) continue;
      const circle = visibleCircle(unit, box);
      feature.set("radius", circle.radius, true);
      const [x, y] = point.getCoordinates();
      if (x !== circle.x || y !== circle.y) point.setCoordinates([circle.x, circle.y]);
    }
    this.#labelLayer.changed();
  }

  dispose(): void {
    this.#stops.forEach((stop) => stop());
  }

  #follow(): void {
    this.#stops.push(
      effect(() => this.#drawBorders(state.units.value)),
      effect(() => {
        this.#replace(this.#fills, state.shownUnits.value.map(polygonFeature));
        this.#borderLayer.changed();
      }),
      effect(() => {
        const index = state.units.value;
        this.#names = new LabelLevels(index, state.level.value, { language: state.language.value, scale: textScale.value });
        const shown = LEVELS.slice(0, LEVELS.indexOf(state.level.value) + 1);
        this.#replace(this.#labels, shown.flatMap((level) => index.byLevel.get(level) ?? []).map(pointFeature));
        if (this.#screen !== null) this.#placeLabels(this.#screen);
      }),
      effect(() => {
        const figures = state.figures.value;
        this.#look = {
          language: state.language.value,
          scale: textScale.value,
          figure: state.figure.value,
          figures,
          suppressed: figures === null ? new Set() : suppressedSet(figures),
          ratio: this.ratio,
        };
        this.#labelLayer.setVisible(!state.hidden.value.has("labels"));
        this.#fillLayer.changed();
        this.#labelLayer.changed();
      }),
      effect(() => {
        const unit = state.selected.value;
        this.#replace(this.#selected, unit === null ? [] : [polygonFeature(unit)]);
        this.#labelLayer.changed();
      }),
      effect(() => {
        const unit = state.hovered.value;
        const other = unit !== null && unit.id !== state.selectedId.value;
        this.#replace(this.#hovered, other ? [polygonFeature(unit)] : []);
      }),
    );
  }

  #replace<F extends Feature>(source: VectorSource<F>, features: readonly F[]): void {
    source.clear(true);
    source.addFeatures([...features]);
  }

  #drawBorders(index: UnitIndex): void {
    const finest = [...LEVELS].reverse().find((level: LevelName) => (index.byLevel.get(level)?.length ?? 0) > 0);
    const lines = finest === undefined ? new Map<BorderLevel, readonly Line[]>() : borders(index.byLevel.get(finest) ?? [], index);
    const features = [...lines].flatMap(([border, all]) =>
      all.map((line) => new Feature({ geometry: new LineString(line.map(([x, y]) => [x, y])), border })),
    );
    this.#replace(this.#borders as VectorSource<Feature>, features);
    this.#replace(this.#mask as VectorSource<Feature>, maskFeatures(lines.get("district") ?? []));
  }

  #labelStyle(unit: Unit | null, radius: unknown, resolution: number): ReturnType<typeof styles.signStyle> {
    if (unit === null || this.#names === null) return undefined;
    if (unit.id === state.selectedId.peek()) return styles.labelStyle(unit, this.#look, true);
    const named = this.#names.at(resolution);
    const radius_m = typeof radius === "number" ? radius : unit.labelRadius;
    if (unit.level === named && styles.labelFits(unit, resolution, this.#look, radius_m)) {
      return styles.labelStyle(unit, this.#look, false);
    }
    return unit.level === state.level.peek() ? styles.signStyle(unit, this.#look.scale) : undefined;
  }
}

function unitOf(feature: { get(key: string): unknown }): Unit | null {
  return (feature.get("unit") as Unit | undefined) ?? null;
}

function polygonFeature(unit: Unit): Feature<MultiPolygon> {
  const feature = new Feature({ geometry: new MultiPolygon(unit.polygons as unknown as Mutable) });
  feature.set("unit", unit, true);
  return feature;
}

function pointFeature(unit: Unit): Feature {
  const feature = new Feature({ geometry: new Point([...unit.labelPoint]) });
  feature.set("unit", unit, true);
  return feature;
}

/** The largest circle in the part of a unit that a box shows: the unit's own where its label point is inside. */
function visibleCircle(unit: Unit, box: Bounds): Circle {
  const [x, y] = unit.labelPoint;
  const own = { x, y, radius: unit.labelRadius };
  if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]) return own;
  const [minx, miny, maxx, maxy] = unit.bounds;
  if (maxx < box[0] || minx > box[2] || maxy < box[1] || miny > box[3]) return own;
  const parts = unit.polygons.map((rings) => clipped(rings, box)).filter((rings) => rings.length > 0);
  return parts.length === 0 ? own : labelCircle(parts);
}

/** Far enough that no screen shows the mask's own edge. */
const FAR_M = 1e6;

/** Paper outside the district, and a halo that the paper covers on its outer side. */
function maskFeatures(outline: readonly Line[]): Feature[] {
  const rings = outline.map((line) => line.map(([x, y]) => [x, y]));
  const [x, y] = rings[0]?.[0] ?? [];
  if (x === undefined || y === undefined) return [];
  const paper = [
    [x - FAR_M, y - FAR_M],
    [x + FAR_M, y - FAR_M],
    [x + FAR_M, y + FAR_M],
    [x - FAR_M, y + FAR_M],
    [x - FAR_M, y - FAR_M],
  ];
  return [
    new Feature({ geometry: new Polygon([paper, ...rings]) }),
    new Feature({ geometry: new MultiLineString(rings), halo: true }),
  ];
}
