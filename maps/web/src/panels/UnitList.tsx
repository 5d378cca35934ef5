/** Units as a list, and choosing one of them. */

import type { JSX } from "preact";
import { count } from "../model/numbers";
import type { Unit } from "../model/types";
import { zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, named } from "../state/state";

/** Units as a list to choose from, with residents, and a sign where a rule is broken. */
export function UnitList({ units }: { readonly units: readonly Unit[] }): JSX.Element {
  return (
    <ul class="unit-list">
      {units.map((unit) => (
        <li key={unit.id}>
          <button
            onClick={() => show(unit)}
            onMouseEnter={() => (state.hoveredId.value = unit.id)}
            onMouseLeave={() => (state.hoveredId.value = null)}
          >
            <span class="name">{named(unit)}</span>
            {unit.findings.length > 0 && <span class="verdict above">!</span>}
            <span class="value">{count(unit.residents, language.value)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Selects a unit and brings it into view. */
export function show(unit: Unit): void {
  state.select(unit);
  zoomTo(unit.bounds);
}
