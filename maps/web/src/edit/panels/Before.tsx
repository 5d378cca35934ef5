/** `1,532 → 1,487 ▲ 32 above`: a unit's figures before and after what is foreseen. */

import type { JSX } from "preact";
import { bandOf, isExempt, judge, SIGN, type Standing } from "../../model/bands";
import { count } from "../../model/numbers";
import type { MeasureName } from "../../model/types";
import * as state from "../../state/state";
import { language, named, t } from "../../state/state";
import type { ForeseenUnit } from "../model/foresight";
import type { UnitRow } from "../model/types";
import { unitName } from "../state/words";

export function Before({ unit, measures }: { readonly unit: ForeseenUnit; readonly measures: readonly MeasureName[] }): JSX.Element {
  return (
    <div class="before">
      <strong>{foreseenName(unit)}</strong>
      {unit.after === null && <span class="quiet"> {t("edit.goes")}</span>}
      {unit.after?.blocks === 0 && <span class="quiet"> {t("edit.emptied")}</span>}
      {unit.after !== null &&
        unit.after.blocks > 0 &&
        measures.map((measure) => (
          <div key={measure} class="before-line">
            <span class="quiet">{t(`measure.${measure}`)}</span>{" "}
            <Change before={(unit.before ?? unit.after)?.[measure] ?? null} after={unit.after?.[measure] ?? null} />
            <Stands row={unit.row} measure={measure} value={unit.after?.[measure] ?? null} />
          </div>
        ))}
    </div>
  );
}

/** A unit that is still to be made has the name it would get, where that is known. */
export function foreseenName({ id, row, before }: ForeseenUnit): string {
  if (before !== null) return unitName(id);
  return named(row) || t("edit.new_unit");
}

export function Change({ before, after }: { readonly before: number | null; readonly after: number | null }): JSX.Element {
  const said = language.value;
  if (before === after) return <span class="value">{count(after, said)}</span>;
  return (
    <span class="value changing">
      {count(before, said)} → <strong>{count(after, said)}</strong>
    </span>
  );
}

/** Where a value stands to its band; nothing for a measure without one. */
export function Stands({ row, measure, value }: { readonly row: Pick<UnitRow, "level" | "type">; readonly measure: MeasureName; readonly value: number | null }): JSX.Element | null {
  const district = state.district.value;
  const band = district === null ? null : bandOf(district, row, measure);
  if (band === null) return null;
  const { standing, off } = judge(value, band, isExempt(row.type));
  if (standing === "within" || standing === "exempt" || standing === "unknown") return <Sign standing={standing} />;
  return (
    <span class={`verdict ${standing}`}>
      {" "}
      {SIGN[standing]} {t(`verdict.${standing}`, { n: count(off, language.value) })}
    </span>
  );
}

function Sign({ standing }: { readonly standing: Standing }): JSX.Element {
  return (
    <span class={`verdict ${standing}`} title={t(`verdict.${standing}`, { n: 0 })}>
      {" "}
      {SIGN[standing]}
    </span>
  );
}
