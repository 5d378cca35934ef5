/** The ground below the borders: the district's own roads, water, parks and buildings. */

import { effect } from "@preact/signals";
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import VectorLayer from "ol/layer/Vector";
import { all, tile } from "ol/loadingstrategy";
import type { StyleFunction } from "ol/style/Style";
import VectorSource from "ol/source/Vector";
import TileGrid from "ol/tilegrid/TileGrid";
import type { Bounds, District, LayerName } from "../model/types";
import { resolutionAt, SHOWN_FROM } from "../model/scale";
import { getJson } from "../state/client";
import * as state from "../state/state";
import * as styles from "./ground_styles";

/** What the layers panel lists: the layer's own switch and the scale it appears at. */
export type GroundName = Exclude<LayerName, "blocks"> | "green";

export interface Ground {
  readonly layers: readonly VectorLayer[];
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

type NameStyle = (feature: Feature, resolution: number) => ReturnType<StyleFunction>;

export function makeGround(district: District): Ground {
  const layers: VectorLayer[] = [];
  const stops: (() => void)[] = [];
  const add = (name: GroundName, style: StyleFunction, names: NameStyle | null): void => {
    const count = district.layers[name === "green" ? "blocks" : name]?.count ?? 0;
    if (count === 0) return;
    const source = sourceOf(name, district);
    const from = SHOWN_FROM[name as keyof typeof SHOWN_FROM] ?? Infinity;
    const maxResolution = name !== "service_points" && Number.isFinite(from) ? { maxResolution: resolutionAt(from) * 1.0001 } : {};
    const drawn = new VectorLayer({ source, style, zIndex: Z[name], ...maxResolution, properties: { name } });
    layers.push(drawn);
    const switched: VectorLayer[] = [drawn];
    if (names !== null) {
      const labels = new VectorLayer({
        source,
        style: (feature, resolution) => names(feature as Feature, resolution),
        zIndex: Z[name] + 100,
        declutter: true,
        ...maxResolution,
        properties: { name: `${name} names`, labels: true },
      });
      layers.push(labels);
      switched.push(labels);
    }
    stops.push(
      effect(() => {
        const [hidden, language] = [state.hidden.value, state.language.value];
        switched.forEach((layer) => {
          layer.setVisible(!hidden.has(name) && !(hidden.has("labels") && layer.get("labels") === true));
          if (layer.get("labels") === true || name === "service_points") layer.set("language", language);
          layer.changed();
        });
      }),
    );
  };
  add("green", styles.greenStyle, null);
  add("water", styles.waterStyle, (feature, resolution) =>
    styles.waterNameStyle(feature, resolution, state.language.peek()));
  add("buildings", styles.buildingStyle, (feature, resolution) =>
    styles.buildingNameStyle(feature, resolution, state.language.peek()));
  add("walls", styles.wallStyle, null);
  add("compounds", styles.compoundStyle, (feature, resolution) =>
    styles.compoundNameStyle(feature, resolution, state.language.peek()));
  add("roads", styles.roadStyle, (feature, resolution) =>
    styles.roadNameStyle(feature, resolution, state.language.peek()));
  add("incidents", styles.incidentStyle, null);
  add("service_points", (feature, resolution) => styles.servicePointStyle(feature, resolution, state.language.peek()), null);
  return { layers, dispose: () => stops.forEach((stop) => stop()) };
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
          state.notify("error", state.t("error.layer", { layer, detail }), () => source.refresh());
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
  const found = await state.during(`layer.${name}`, () => getJson<object>(path, state.language.peek()));
  const features = new GeoJSON().readFeatures(found);
  return name === "green" ? features.filter((one) => styles.GREEN_USES.includes(styles.text(one.get("use")))) : features;
}
