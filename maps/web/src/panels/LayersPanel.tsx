/** Switches of the ground's layers; a layer that is not there says so. */

import type { JSX } from "preact";
import type { GroundName } from "../map/ground";
import { count } from "../model/numbers";
import { SHOWN_FROM } from "../model/scale";
import * as state from "../state/state";
import { language, t } from "../state/state";
import { Panel } from "./Panel";

const GROUND: readonly GroundName[] = [
  "service_points",
  "incidents",
  "roads",
  "water",
  "green",
  "buildings",
  "compounds",
  "walls",
];

export function LayersPanel(): JSX.Element {
  return (
    <Panel title={t("rail.layers")}>
      <ul class="switches">
        <li>
          <Switch name="labels" note="" absent={false} />
        </li>
        {GROUND.map((name) => (
          <li key={name}>
            <Switch name={name} note={noteOf(name)} absent={countOf(name) === 0} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function countOf(name: GroundName): number {
  return state.district.value?.layers[name === "green" ? "blocks" : name]?.count ?? 0;
}

function noteOf(name: GroundName): string {
  if (countOf(name) === 0) return t("layer.absent");
  if (state.working.value.has(`layer.${name}`)) return t("layer.loading");
  const from = SHOWN_FROM[name as keyof typeof SHOWN_FROM] as number | undefined;
  return from !== undefined && Number.isFinite(from) ? t("layer.from_scale", { n: count(from, language.value) }) : "";
}

function Switch(props: { readonly name: GroundName | "labels"; readonly note: string; readonly absent: boolean }): JSX.Element {
  const { name, note, absent } = props;
  return (
    <label class={absent ? "absent" : ""}>
      <input
        type="checkbox"
        checked={!absent && !state.hidden.value.has(name)}
        disabled={absent}
        onChange={() => state.toggleLayer(name)}
      />
      <span class={`mark ${name}`} aria-hidden="true" />
      <span>{t(`layer.${name}`)}</span>
      <span class="quiet">{note}</span>
    </label>
  );
}
