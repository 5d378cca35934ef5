/** The plan as it was after an earlier edit, over the plan as it is. */

import { effect } from "@preact/signals";
import Feature, { type FeatureLike } from "ol/Feature";
import MultiPolygon from "ol/geom/MultiPolygon";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import * as palette from "../../map/palette";
import { shortName } from "../../messages/translate";
import type { Unit } from "../../model/types";
import * as state from "../../state/state";
import { viewed } from "../state/history";
import { model } from "../state/session";

export class ViewedLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, zIndex: 60, declutter: true, style: styleOf });
  readonly #stop: () => void;

  constructor() {
    this.#stop = effect(() => {
      const shown = viewed.value?.units.byLevel.get(model.peek()?.lowest ?? "cell") ?? [];
      this.#source.clear(true);
      this.#source.addFeatures(shown.map(featureOf));
    });
  }

  dispose(): void {
    this.#stop();
  }
}

function featureOf(unit: Unit): Feature {
  const feature = new Feature(new MultiPolygon(unit.polygons as unknown as number[][][][]));
  feature.set("unit", unit, true);
  return feature;
}

function styleOf(feature: FeatureLike): Style {
  const unit = feature.get("unit") as Unit;
  return new Style({
    fill: new Fill({ color: palette.TINTS[(unit.colour ?? 0) % palette.TINTS.length] ?? palette.PAPER }),
    stroke: new Stroke({ color: palette.BORDER, width: 1.6, lineDash: [6, 3] }),
    text: new Text({
      text: shortName(unit, state.language.peek()),
      font: `500 12px ${palette.SANS}`,
      fill: new Fill({ color: palette.INK }),
      stroke: new Stroke({ color: palette.PAPER, width: 3 }),
    }),
  });
}
