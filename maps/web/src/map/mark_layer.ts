/** A frame around the place that was flown to: a fault of a few millimetres is still found on the map. */

import { effect } from "@preact/signals";
import Feature, { type FeatureLike } from "ol/Feature";
import { buffer } from "ol/extent";
import { fromExtent } from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Stroke, Style } from "ol/style";
import { marked } from "../state/commands";
import * as palette from "./palette";

const ROOM_PX = 14;
const STROKES = [new Stroke({ color: palette.PAPER, width: 6 }), new Stroke({ color: palette.ABOVE, width: 3 })];

export function makeMark(): { readonly layer: VectorLayer; readonly stop: () => void } {
  const source = new VectorSource();
  const stop = effect(() => {
    source.clear(true);
    if (marked.value !== null) source.addFeature(new Feature(fromExtent([...marked.value])));
  });
  return { layer: new VectorLayer({ source, style, zIndex: 205 }), stop };
}

function style(feature: FeatureLike, resolution: number): Style[] {
  const extent = feature.getGeometry()?.getExtent();
  if (extent === undefined) return [];
  const geometry = fromExtent(buffer(extent, ROOM_PX * resolution));
  return STROKES.map((stroke) => new Style({ geometry, stroke }));
}
