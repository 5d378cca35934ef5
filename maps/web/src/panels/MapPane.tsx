/** The map with what lies on it: levels, legend, zoom, and the empty states. */

import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";
import { MapView } from "../map/map_view";
import { ordinaryParts } from "../model/bands";
import { LEVELS, type LevelName } from "../model/types";
import { attach, fitDistrict, panBy, selectCentre, zoomBy } from "../state/commands";
import * as state from "../state/state";
import { named, t } from "../state/state";
import { Icon } from "./icons";
import { Legend } from "./Legend";

export const MAP_ID = "map";

export function MapPane(): JSX.Element {
  const district = state.district.value;
  if (state.districts.value !== null && district === null) {
    return (
      <Empty title={t("empty.district.title")} text={t("empty.district.text")} command="./wangge up" />
    );
  }
  const noPlan = district !== null && state.plans.value?.length === 0;
  return (
    <main class="map-pane">
      <OlMap />
      {district !== null && (
        <>
          <LevelChoice />
          <ZoomButtons />
          <Legend />
        </>
      )}
      {noPlan && (
        <Empty
          over
          title={t("empty.plan.title")}
          text={t("empty.plan.text", { district: named(district) })}
          command={`./wangge import FILE --as cells`}
        />
      )}
      {state.plan.value !== null && state.unitsOf.value === null && <p class="map-wait" role="status">{t("loading.plan")}</p>}
    </main>
  );
}

function OlMap(): JSX.Element {
  const target = useRef<HTMLDivElement>(null);
  const district = state.district.value;
  useEffect(() => {
    if (target.current === null || district === null) return undefined;
    const view = new MapView(target.current, district);
    attach(view);
    return () => {
      attach(null);
      view.dispose();
    };
  }, [district]);
  return (
    <div
      id={MAP_ID}
      class="map"
      ref={target}
      tabIndex={0}
      role="application"
      aria-label={district === null ? t("loading") : t("map.label", { district: named(district) })}
      onKeyDown={onMapKey}
    />
  );
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function onMapKey(event: KeyboardEvent): void {
  const move = MOVES[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (move !== undefined) panBy(...move);
  else if (event.key === "Enter") selectCentre();
  else return;
  event.preventDefault();
}

function LevelChoice(): JSX.Element | null {
  const plan = state.plan.value;
  if (plan === null || plan.levels.length === 0) return null;
  const proposed = state.overlay.value?.byLevel;
  const levels = LEVELS.filter((level) => proposed?.has(level) ?? plan.levels.includes(level));
  const tally = (level: LevelName): number | undefined =>
    proposed === undefined ? plan.unit_counts[level] : ordinaryParts(proposed.get(level) ?? []);
  return (
    <div class="levels" role="radiogroup" aria-label={t("level.choose")}>
      {levels.map((level) => (
        <label key={level} class={level === state.level.value ? "chosen" : ""}>
          <input
            type="radio"
            name="level"
            value={level}
            checked={level === state.level.value}
            onChange={() => (state.level.value = level)}
          />
          {t(`levels.${level}`)}
          {tally(level) !== undefined && <span class="tally">{tally(level)}</span>}
        </label>
      ))}
    </div>
  );
}

function ZoomButtons(): JSX.Element {
  const buttons = [
    ["plus", "map.zoom_in", "+", () => zoomBy(1)],
    ["minus", "map.zoom_out", "−", () => zoomBy(-1)],
    ["whole", "map.fit", "0", fitDistrict],
  ] as const;
  return (
    <div class="zoom-buttons">
      {buttons.map(([icon, words, key, act]) => (
        <button key={icon} aria-label={t(words)} title={`${t(words)} (${key})`} onClick={act}>
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  readonly command: string;
  readonly over?: boolean;
}

function Empty({ title, text, command, over = false }: EmptyProps): JSX.Element {
  const body: ComponentChildren = (
    <div class="empty-card">
      <h1>{title}</h1>
      <p>{text}</p>
      <code>{command}</code>
      <button class="button primary" onClick={() => (state.popover.value = "import")}>
        {t("rail.import")}
      </button>
    </div>
  );
  return over ? <div class="empty over">{body}</div> : <main id={MAP_ID} class="map-pane empty">{body}</main>;
}
