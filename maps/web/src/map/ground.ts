/** The ground below the borders: the district's own roads, water, parks and buildings. */

import { effect } from "@preact/signals";
import Feature, { type FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import { all, tile } from "ol/loadingstrategy";
import type Style from "ol/style/Style";
import type { StyleFunction } from "ol/style/Style";
import VectorSource from "ol/source/Vector";
import TileGrid from "ol/tilegrid/TileGrid";
import type { Language } from "../model/numbers";
import type { Bounds, District, LayerName, ServicePoint } from "../model/types";
import { resolutionAt, SHOWN_FROM } from "../model/scale";
import { getJson } from "../state/client";
import { textScale } from "../state/room";
import * as state from "../state/state";
import * as styles from "./ground_styles";
import { makeMark } from "./mark_layer";

/** What the layers panel lists: the layer's own switch and the scale it appears at. */
export type GroundName = Exclude<LayerName, "blocks"> | "green";

export interface Ground {
  readonly layers: readonly VectorLayer[];
  /** The service point drawn within `reach_m` of a place, or null. */
  readonly pointAt: (place: readonly number[], reach_m: number) => ServicePoint | null;
  readonly pointById: (id: string) => ServicePoint | null;
  readonly dispose: () => void;
}

const TILE_M = 1000;
/** Layers too heavy for district scale: fetched by place, once they are drawn. */
const BY_PLACE: ReadonlySet<GroundName> = new Set(["buildings", "compounds", "walls", "incidents"]);

const Z: Readonly<Record<GroundName, number>> = {
  green: 1,
  water: 20,
  buildings: 22,
  walls: 24,
  compounds: 25,
  roads: 26,
  incidents: 60,
  service_points: 62,
};

interface Drawing {
  readonly style: StyleFunction;
  /** Names stand in a layer of their own, above the borders, and give way to the names of units. */
  readonly names?: (feature: FeatureLike, resolution: number, language: Language) => Style | undefined;
}

const DRAWINGS: Readonly<Record<GroundName, Drawing>> = {
  green: { style: styles.greenStyle },
  water: { style: styles.waterStyle, names: styles.waterNameStyle },
  buildings: { style: styles.buildingStyle, names: styles.buildingNameStyle },
  walls: { style: styles.wallStyle },
  compounds: { style: styles.compoundStyle, names: styles.compoundNameStyle },
  roads: { style: styles.roadStyle, names: styles.roadNameStyle },
  incidents: { style: styles.incidentStyle },
  service_points: { style: pointStyle },
};

export function makeGround(district: District): Ground {
  const layers: VectorLayer[] = [];
  const stops: (() => void)[] = [];
  for (const name of Object.keys(DRAWINGS) as GroundName[]) {
    if ((district.layers[name === "green" ? "blocks" : name]?.count ?? 0) === 0) continue;
    const made = makeLayers(name, sourceOf(name, district));
    layers.push(...made);
    stops.push(effect(() => redraw(name, made)));
  }
  const mark = makeMark();
  layers.push(mark.layer);
  stops.push(mark.stop);
  const points = layers.find((layer) => layer.get("name") === "service_points") ?? null;
  return {
    layers,
    pointAt: (place, reach_m) => pointAt(points, place, reach_m),
    pointById: (id) => readPoint(points?.getSource()?.getFeatureById(id) ?? null),
    dispose: () => stops.forEach((stop) => stop()),
  };
}

/** What is drawn of a layer, and its names where it has any. */
function makeLayers(name: GroundName, source: VectorSource): VectorLayer[] {
  const { style, names } = DRAWINGS[name];
  const from = (SHOWN_FROM as Readonly<Record<string, number>>)[name];
  // Halls of streets are drawn at every scale; their style leaves out the smaller ones.
  const limit = from !== undefined && name !== "service_points" ? { maxResolution: resolutionAt(from) * 1.0001 } : {};
  const declutter = name === "service_points";
  const drawn = new VectorLayer({ source, style, zIndex: Z[name], declutter, ...limit, properties: { name } });
  if (names === undefined) return [drawn];
  const labels = new VectorLayer({
    source,
    style: (feature, resolution) => scaled(names(feature, resolution, state.language.peek())),
    zIndex: Z[name] + 100,
    declutter: true,
    ...limit,
    properties: { name: `${name} names`, labels: true },
  });
  return [drawn, labels];
}

function scaled(style: Style | undefined): Style | undefined {
  style?.getText()?.setScale(textScale.peek());
  return style;
}

/** Reads the signals that the layers of one name depend on, and draws them anew. */
function redraw(name: GroundName, layers: readonly VectorLayer[]): void {
  const hidden = state.hidden.value;
  void [state.language.value, textScale.value];
  if (name === "service_points") void [state.servicePoint.value, state.planUnits.value];
  layers.forEach((layer) => {
    const label = layer.get("labels") === true;
    layer.setVisible(!hidden.has(name) && !(label && hidden.has("labels")));
    layer.changed();
  });
}

function pointStyle(feature: FeatureLike, resolution: number): ReturnType<typeof styles.servicePointStyle> {
  const chosen = state.servicePoint.peek()?.id === String(feature.getId());
  // Until the plan's units are there, every hall is drawn as one of theirs, so that none flickers.
  const units = state.planUnits.peek().byId;
  const unit = unitOf(feature);
  const served = unit === null || units.size === 0 || units.has(unit);
  return scaled(styles.servicePointStyle(feature, resolution, state.language.peek(), { chosen, served }));
}

function unitOf(feature: FeatureLike): string | null {
  const unit: unknown = feature.get("unit");
  return unit === null || unit === undefined ? null : String(unit);
}

function pointAt(layer: VectorLayer | null, [x = NaN, y = NaN]: readonly number[], reach_m: number): ServicePoint | null {
  const source = layer?.getVisible() === true ? layer.getSource() : null;
  const near = source?.getClosestFeatureToCoordinate([x, y]) ?? null;
  const found = readPoint(near);
  return found !== null && Math.hypot(found.place[0] - x, found.place[1] - y) <= reach_m ? found : null;
}

function readPoint(feature: Feature | null): ServicePoint | null {
  const geometry = feature?.getGeometry();
  if (feature === null || !(geometry instanceof Point)) return null;
  const [x = NaN, y = NaN] = geometry.getCoordinates();
  const given = feature.getProperties() as Omit<ServicePoint, "id" | "place">;
  const { name, name_en, kind, level, offers, windows } = given;
  return { id: String(feature.getId()), name, name_en, kind, level, offers: offers ?? [], windows, unit: unitOf(feature), place: [x, y] };
}

function sourceOf(name: GroundName, district: District): VectorSource {
  const bounds = district.bounds;
  const byPlace = BY_PLACE.has(name) && bounds !== null;
  const source: VectorSource = new VectorSource({
    strategy: byPlace ? tile(placeGrid(bounds)) : all,
    loader: (extent, _resolution, _projection, success, failure) => {
      const box = byPlace ? `?bbox=${extent.map((value) => value.toFixed(1)).join(",")}` : "";
      const path = name === "green" ? greenPath(district) : `/api/districts/${district.id}/layers/${name}${box}`;
      fetchFeatures(path, name)
        .then((features) => {
          source.addFeatures(features);
          success?.(features);
        })
        .catch((problem: unknown) => {
          source.removeLoadedExtent(extent);
          failure?.();
          const detail = problem instanceof Error ? problem.message : String(problem);
          const layer = state.t(`layer.${name}`);
          state.notify("error", state.t("error.layer", { layer, detail }), { label: "error.retry", run: () => source.refresh() });
        });
    },
  });
  return source;
}

function greenPath(district: District): string {
  return `/api/districts/${district.id}/layers/blocks?use=${styles.GREEN_USES.join(",")}`;
}

/** One zoom level of square tiles: the same places are asked for at every scale, so each only once. */
function placeGrid([minx, miny, maxx, maxy]: Bounds): TileGrid {
  return new TileGrid({
    extent: [minx, miny, maxx, maxy],
    origin: [minx, maxy],
    resolutions: [TILE_M / 256],
    tileSize: 256,
  });
}

async function fetchFeatures(path: string, name: GroundName): Promise<Feature[]> {
  await state.planShown();
  const found = await state.during(`layer.${name}`, () => getJson<object>(path, state.language.peek()));
  const features = new GeoJSON().readFeatures(found);
  return name === "green" ? features.filter((one) => styles.GREEN_USES.includes(styles.text(one.get("use")))) : features;
}
