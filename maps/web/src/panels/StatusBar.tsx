/** The bottom: scale, coordinates in the chosen system, date of the data. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { isCgcs2000, lonLatOf } from "../map/projection";
import { day } from "../model/numbers";
import { scaleBar, scaleText } from "../model/scale";
import type { CoordinateSystem } from "../model/address";
import * as state from "../state/state";
import { language, t } from "../state/state";

const BAR_PX = 110;

export function StatusBar(): JSX.Element {
  const district = state.district.value;
  return (
    <footer class="status-bar">
      <Scale />
      {district !== null && <Coordinates />}
      <span class="stretch" />
      <Waiting />
      {state.plan.value !== null && <span>{t("map.data_date", { date: day(state.plan.value.count_date) })}</span>}
    </footer>
  );
}

function Scale(): JSX.Element | null {
  const place = state.place.value;
  if (place === null || state.district.value === null) return null;
  const bar = scaleBar(place.resolution, BAR_PX);
  const length = bar.metres >= 1000 ? `${bar.metres / 1000} km` : `${bar.metres} m`;
  return (
    <span class="scale">
      <span class="bar" style={{ width: `${bar.pixels}px` }} aria-hidden="true" />
      <span class="length">{length}</span>
      <span class="ratio">{scaleText(place.resolution, language.value)}</span>
    </span>
  );
}

function Coordinates(): JSX.Element | null {
  const district = state.district.value;
  const convert = useComputed(() => (state.district.value === null ? null : lonLatOf(state.district.value.proj4)));
  if (district === null) return null;
  const at = state.pointer.value ?? (state.place.value === null ? null : [state.place.value.x, state.place.value.y] as const);
  const geographic = state.coordinates.value === "geographic" && convert.value !== null;
  const shown = at !== null && geographic ? convert.value?.(at) ?? null : at;
  return (
    <span class="coordinates">
      <label>
        <span class="visually-hidden">{t("map.coordinates")}</span>
        <select
          value={geographic ? "geographic" : "planar"}
          onChange={(event) => (state.coordinates.value = event.currentTarget.value as CoordinateSystem)}
        >
          <option value="planar">EPSG:{district.srid} {t("map.planar")}</option>
          {convert.value !== null && (
            <option value="geographic">{t(isCgcs2000(district) ? "map.geographic.cgcs2000" : "map.geographic.other")}</option>
          )}
        </select>
      </label>
      <span class="position">
        {shown === null ? "" : geographic ? `${shown[0].toFixed(6)}°, ${shown[1].toFixed(6)}°` : `${shown[0].toFixed(1)}, ${shown[1].toFixed(1)} m`}
      </span>
    </span>
  );
}

/** Fades in after 400 ms (by the style sheet): quick answers show no spinner. */
function Waiting(): JSX.Element | null {
  if (state.working.value.size === 0) return null;
  return (
    <span class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      {t("loading")}
    </span>
  );
}
