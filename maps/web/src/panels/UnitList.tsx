/** Units as a list, and choosing one of them. */

import type { JSX } from "preact";
import { SIGN, signOf } from "../model/bands";
import { known } from "../messages/translate";
import { count } from "../model/numbers";
import type { Unit } from "../model/types";
import { zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";

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
            <Figure unit={unit} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What is out of its band, with its sign; residents where nothing is. */
function Figure({ unit }: { readonly unit: Unit }): JSX.Element {
  const finding = unit.findings[0];
  const sign = signOf(unit);
  if (finding === undefined || sign === null) return <span class="value">{count(unit.residents, language.value)}</span>;
  const rule = t(known(`rule.${finding.rule}`, "rule.other"), { rule: finding.rule });
  return (
    <>
      <span class="quiet rule">{rule}</span>
      <span class={`value verdict ${sign}`}>
        {sign === "other" ? "!" : SIGN[sign]} {count(finding.value, language.value)}
      </span>
    </>
  );
}

/** Selects a unit and brings it into view. */
export function show(unit: Unit): void {
  state.select(unit);
  zoomTo(unit.bounds);
}
