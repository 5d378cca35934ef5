/** How roads, water, buildings and the rest of the ground are drawn at a scale. */

import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import { nameIn, translate } from "../messages/translate";
import type { Language } from "../model/numbers";
import { isShown, resolutionAt, SHOWN_FROM } from "../model/scale";
import * as palette from "./palette";

type RoadClass = "arterial" | "collector" | "lane";

/** Least width in pixels, so that an arterial stays visible at district scale. */
const LEAST_PX: Readonly<Record<RoadClass, number>> = { arterial: 2.4, collector: 1.4, lane: 0.8 };
const RANK: Readonly<Record<RoadClass, number>> = { arterial: 3, collector: 2, lane: 1 };
const TYPICAL_M: Readonly<Record<RoadClass, number>> = { arterial: 30, collector: 18, lane: 7 };

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function roadClass(feature: FeatureLike): RoadClass {
  const value: unknown = feature.get("class");
  return value === "arterial" || value === "collector" ? value : "lane";
}

function nameOf(feature: FeatureLike, language: Language): string {
  return nameIn(language, { name: text(feature.get("name")), name_en: text(feature.get("name_en")) });
}

const strokes = new Map<string, Stroke>();

function stroke(color: string, width: number, cap: CanvasLineCap = "round"): Stroke {
  const rounded = Math.round(width * 4) / 4;
  const key = `${color} ${rounded} ${cap}`;
  let found = strokes.get(key);
  if (found === undefined) {
    found = new Stroke({ color, width: rounded, lineCap: cap, lineJoin: "round" });
    strokes.set(key, found);
  }
  return found;
}

/** Casing below, surface above, stronger classes over weaker ones; bridges have a darker casing. */
export function roadStyle(feature: FeatureLike, resolution: number): Style[] {
  const kind = roadClass(feature);
  if (!isShown(kind, resolution)) return [];
  const given: unknown = feature.get("width_m");
  const metres = typeof given === "number" && given > 0 ? given : TYPICAL_M[kind];
  const width = Math.max(LEAST_PX[kind], (metres / resolution) * 0.8);
  const bridge = feature.get("bridge") === true;
  const casing = bridge ? palette.BORDER_QUIET : palette.ROAD_CASING;
  const lift = bridge ? 10 : 0;
  return [
    new Style({ stroke: stroke(casing, width + (bridge ? 2.5 : 1.5), bridge ? "butt" : "round"), zIndex: RANK[kind] + lift }),
    new Style({ stroke: stroke(palette.ROAD, width), zIndex: 5 + RANK[kind] + lift }),
  ];
}

export function roadNameStyle(feature: FeatureLike, resolution: number, language: Language): Style | undefined {
  const kind = roadClass(feature);
  const name = nameOf(feature, language);
  if (name === "" || !isShown(kind === "lane" ? "lane_names" : "road_names", resolution)) return undefined;
  return new Style({
    text: new Text({
      text: name,
      placement: "line",
      repeat: 420,
      maxAngle: Math.PI / 8,
      font: `${kind === "arterial" ? 12 : 11}px ${palette.SANS}`,
      fill: new Fill({ color: palette.ROAD_NAME }),
      stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
    }),
    zIndex: RANK[kind],
  });
}

const WATER_LINE_M = 12;

export function waterStyle(feature: FeatureLike, resolution: number): Style {
  if (feature.getGeometry()?.getType().includes("Polygon")) {
    return new Style({ fill: new Fill({ color: palette.WATER }), stroke: stroke(palette.WATER_EDGE, 0.75) });
  }
  return new Style({ stroke: stroke(palette.WATER, Math.max(1.5, WATER_LINE_M / resolution)) });
}

export function waterNameStyle(feature: FeatureLike, resolution: number, language: Language): Style | undefined {
  const name = nameOf(feature, language);
  if (name === "" || resolution > resolutionAt(60_000)) return undefined;
  const areal = feature.getGeometry()?.getType().includes("Polygon") ?? false;
  return new Style({
    text: new Text({
      text: language === "en" ? name : [...name].join("\u2009"),
      placement: areal ? "point" : "line",
      overflow: true,
      repeat: 600,
      font: `italic 12px ${palette.SANS}`,
      fill: new Fill({ color: palette.WATER_NAME }),
      stroke: new Stroke({ color: "rgba(225,234,239,0.9)", width: 2.5 }),
    }),
  });
}

const GREEN_STYLE = new Style({ fill: new Fill({ color: palette.GREEN }) });
const FIELD_STYLE = new Style({ fill: new Fill({ color: palette.FIELD }) });

/** Uses of blocks that show as ground of their own. */
export const GREEN_USES: readonly string[] = ["park", "green", "garden", "field"];

export function greenStyle(feature: FeatureLike): Style {
  return feature.get("use") === "field" ? FIELD_STYLE : GREEN_STYLE;
}

const BUILDING_STYLE = new Style({
  fill: new Fill({ color: palette.BUILDING }),
  stroke: new Stroke({ color: palette.BUILDING_EDGE, width: 0.75 }),
});
const PUBLIC_STYLE = new Style({
  fill: new Fill({ color: palette.PUBLIC_BUILDING }),
  stroke: new Stroke({ color: palette.BUILDING_EDGE, width: 0.75 }),
});
const PUBLIC: ReadonlySet<string> = new Set(["school", "hospital", "market", "office", "shops", "factory", "campus", "hall"]);

export function buildingStyle(feature: FeatureLike, resolution: number): Style | undefined {
  if (!isShown("buildings", resolution)) return undefined;
  return PUBLIC.has(text(feature.get("use"))) ? PUBLIC_STYLE : BUILDING_STYLE;
}

/** A building's name, or its floors where it has none, once there is room. */
export function buildingNameStyle(feature: FeatureLike, resolution: number, language: Language): Style | undefined {
  if (resolution > resolutionAt(2_000)) return undefined;
  const floors: unknown = feature.get("floors");
  const height = typeof floors === "number" ? translate(language, "building.floors", { n: floors }) : "";
  const shown = text(feature.get("name")) || height;
  if (shown === "") return undefined;
  return new Style({
    text: new Text({
      text: shown,
      font: `10px ${palette.SANS}`,
      overflow: false,
      fill: new Fill({ color: "#5d564a" }),
      stroke: new Stroke({ color: "rgba(240,236,228,0.9)", width: 2 }),
    }),
  });
}

const WALL_STYLE = new Style({ stroke: new Stroke({ color: palette.WALL, width: 1, lineDash: [5, 2] }) });

export function wallStyle(_feature: FeatureLike, resolution: number): Style | undefined {
  return isShown("walls", resolution) ? WALL_STYLE : undefined;
}

const COMPOUND_STYLE = new Style({ stroke: new Stroke({ color: "#b9ad97", width: 1, lineDash: [2, 3] }) });

export function compoundStyle(_feature: FeatureLike, resolution: number): Style | undefined {
  return isShown("compounds", resolution) ? COMPOUND_STYLE : undefined;
}

export function compoundNameStyle(feature: FeatureLike, resolution: number, language: Language): Style | undefined {
  const name = nameOf(feature, language);
  if (name === "" || !isShown("compound_names", resolution)) return undefined;
  return new Style({
    text: new Text({
      text: name,
      font: `11px ${palette.SANS}`,
      fill: new Fill({ color: "#766a52" }),
      stroke: new Stroke({ color: "rgba(255,255,255,0.85)", width: 2.5 }),
    }),
  });
}

/** How a service point stands to what is looked at. */
export interface PointLook {
  readonly chosen: boolean;
  /** False for a hall whose unit the open plan does not have: a map of another year opened it. */
  readonly served: boolean;
}

/** Halls by level: the higher the level, the larger the mark; other points are small, halls of another plan hollow. */
export function servicePointStyle(
  feature: FeatureLike,
  resolution: number,
  language: Language,
  { chosen, served }: PointLook,
): Style | undefined {
  const usual = (served ? { district: 8, street: 7, community: 5.5 }[text(feature.get("level"))] : undefined) ?? 4.5;
  const size = chosen ? usual + 3 : usual;
  if (!chosen && !isShown(usual < 7 ? "service_points" : "street_halls", resolution)) return undefined;
  const named = chosen || (served && isShown("service_point_names", resolution)) ? nameOf(feature, language) : "";
  return new Style({
    image: new RegularShape({
      points: 4,
      radius: size,
      angle: Math.PI / 4,
      fill: new Fill({ color: served ? palette.SERVICE : palette.PAPER }),
      stroke: new Stroke({ color: chosen ? palette.INK : served ? palette.PAPER : palette.ELSEWHERE, width: chosen ? 2 : 1.5 }),
      declutterMode: "none",
    }),
    ...(named === ""
      ? {}
      : {
          text: new Text({
            text: named,
            offsetY: size + 8,
            font: `11px ${palette.SANS}`,
            fill: new Fill({ color: palette.SERVICE }),
            stroke: new Stroke({ color: palette.PAPER, width: 3 }),
          }),
        }),
  });
}

const INCIDENT_STYLE = new Style({
  image: new Circle({
    radius: 2.5,
    fill: new Fill({ color: palette.INCIDENT }),
    stroke: new Stroke({ color: palette.PAPER, width: 0.75 }),
    declutterMode: "none",
  }),
});

export function incidentStyle(_feature: FeatureLike, resolution: number): Style | undefined {
  return resolution <= resolutionAt(SHOWN_FROM.incidents) ? INCIDENT_STYLE : undefined;
}
