/** Names of units and their one figure, for the plan under edit. */

import { effect } from "@preact/signals";
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { LabelLevels } from "../../map/label_levels";
import { labelFits, labelStyle, signStyle, type Look } from "../../map/unit_styles";
import { LEVELS, type Unit } from "../../model/types";
import { textScale } from "../../state/room";
import * as state from "../../state/state";
import { viewed } from "../state/history";

export class UnitLabels {
  readonly #source = new VectorSource();
  readonly layer: VectorLayer;
  #names: LabelLevels | null = null;
  #look: Look = { language: "zh-CN", scale: 1, figure: "tints", figures: null, suppressed: new Set() };
  readonly #stops: (() => void)[];

  constructor() {
    this.layer = new VectorLayer({
      source: this.#source,
      zIndex: 200,
      declutter: true,
      renderBuffer: 200,
      style: (feature, resolution) => this.#style(feature.get("unit") as Unit, resolution),
    });
    this.#stops = [
      effect(() => this.#follow()),
      effect(() => {
        void state.selectedId.value;
        this.layer.setVisible(!state.hidden.value.has("labels") && viewed.value === null);
        this.layer.changed();
      }),
    ];
  }

  dispose(): void {
    this.#stops.forEach((stop) => stop());
  }

  /** Units that stayed keep their feature; the others come and go. */
  #follow(): void {
    const index = state.planUnits.value;
    this.#names = new LabelLevels(index, state.level.value, { language: state.language.value, scale: textScale.value });
    this.#look = { ...this.#look, language: state.language.value, scale: textScale.value };
    const shown = LEVELS.slice(0, LEVELS.indexOf(state.level.value) + 1).flatMap((level) => index.byLevel.get(level) ?? []);
    const wanted = new Set(shown.map(({ id }) => id));
    this.#source.removeFeatures(this.#source.getFeatures().filter((feature) => !wanted.has(String(feature.getId()))));
    const coming: Feature[] = [];
    for (const unit of shown) {
      const known = this.#source.getFeatureById(unit.id);
      if (known !== null && known.get("unit") === unit) continue;
      const feature = known ?? new Feature();
      feature.setGeometry(new Point([...unit.labelPoint]));
      feature.set("unit", unit, true);
      feature.setId(unit.id);
      if (known === null) coming.push(feature);
    }
    this.#source.addFeatures(coming);
    this.layer.changed();
  }

  #style(unit: Unit, resolution: number): ReturnType<typeof signStyle> {
    if (this.#names === null) return undefined;
    if (unit.id === state.selectedId.peek()) return labelStyle(unit, this.#look, true);
    if (unit.level === this.#names.at(resolution) && labelFits(unit, resolution, this.#look)) return labelStyle(unit, this.#look, false);
    return unit.level === state.level.peek() ? signStyle(unit, this.#look.scale) : undefined;
  }
}
