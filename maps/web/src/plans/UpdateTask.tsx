/** A draft whose base is no longer in force: what changed meanwhile, and mine or theirs where both changed. */

import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { count } from "../model/numbers";
import { boundsOf } from "../model/units";
import { patternUrl } from "../map/patterns";
import { showPlace } from "../state/commands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Differences } from "./CompareTask";
import { newPlan, oldPlan } from "./comparing";
import { attempt } from "./state";
import { conflicts, forget, PATTERNS, sideOf, take, update, type Conflict, type Side } from "./updating";

const SIDES: readonly Side[] = ["mine", "theirs"];

export function UpdateTask(): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  useEffect(() => forget, []);
  const [plan, base, now] = [state.plan.value, oldPlan.value, newPlan.value];
  if (plan === null) return null;
  if (now === null) return <p class="all-right">✓ {t("update.fresh")}</p>;
  const found = conflicts.value;
  const open = found.filter((one) => sideOf(one) === null).length;
  const go = async (): Promise<void> => {
    setBusy(true);
    await attempt(() => update(plan));
    setBusy(false);
  };
  return (
    <>
      <p class="warning">
        {base === null ? t("update.no_base", { now: named(now) }) : t("update.why", { base: named(base), now: named(now) })}
      </p>
      {found.length === 0 ? (
        <>
          {base !== null && <p class="lead">{t("update.what")}</p>}
          <Differences />
        </>
      ) : (
        <Conflicts found={found} />
      )}
      <div class="actions sticky">
        <button class="button primary" disabled={busy || open > 0} onClick={() => void go()}>
          {t(found.length === 0 ? "plans.task.update" : "update.finish")}
        </button>
        {open > 0 && <span class="quiet">{t("update.open", { n: count(open, language.value) })}</span>}
      </div>
    </>
  );
}

function Conflicts({ found }: { readonly found: readonly Conflict[] }): JSX.Element {
  return (
    <section>
      <h2>
        {t("update.conflicts")} <span class="tally">{count(found.length, language.value)}</span>
      </h2>
      <p class="quiet">{t("update.conflicts.what")}</p>
      <div class="actions">
        {SIDES.map((side) => (
          <button key={side} class="button" onClick={() => take(side, found)}>
            {t(`update.all.${side}`)}
          </button>
        ))}
      </div>
      <ul class="classes compare-key">
        {(["open", ...SIDES] as const).map((side) => (
          <li key={side}><span class="swatch" style={{ backgroundImage: `url(${patternUrl(PATTERNS[side])})` }} />{t(`update.key.${side}`)}</li>
        ))}
      </ul>
      <ol class="conflicts">
        {found.map((one, k) => (
          <li key={one.id}>
            <button class="link" onClick={() => fly(one)}>
              {t("update.conflict", { n: k + 1, people: count(one.properties.residents, language.value) })}
            </button>
            <div role="radiogroup" aria-label={t("update.conflict", { n: k + 1, people: count(one.properties.residents, language.value) })}>
              {SIDES.map((side) => (
                <label key={side}>
                  <input type="radio" name={`conflict-${one.id}`} checked={sideOf(one) === side} onChange={() => take(side, [one])} />
                  {t(`update.${side}`)}
                  {language.value === "en" ? ": " : "："}
                  {sideName(one, side)}
                </label>
              ))}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The unit of that side in the reader's language, or what else the server calls it. */
function sideName({ properties }: Conflict, side: Side): string {
  const name = properties[`${side}_name`];
  return name ? named({ name, name_en: properties[`${side}_name_en`] }) : t("compare.no_unit");
}

function fly({ geometry }: Conflict): void {
  showPlace(boundsOf(geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates));
}
