/** What differs between two plans: in people at every level, as a list that flies to its place, and as a matrix. */

import type { JSX } from "preact";
import { patternUrl } from "../map/patterns";
import { area, count, decimal } from "../model/numbers";
import type { LevelName } from "../model/types";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { comparison, flyTo, focused, level, levels, listed, matrixOpen, oldPlan, shortOf } from "./comparing";
import { cellKey, grid, type MatrixRow } from "./model";
import { open, taskName } from "./state";

const LISTED = 100;

export function CompareTask(): JSX.Element {
  const old = oldPlan.value;
  const others = (state.plans.value ?? []).filter((plan) => plan !== state.plan.value);
  if (old === null) return <p class="quiet">{t("compare.alone")}</p>;
  return (
    <>
      <label class="field">
        <span>{t("compare.with")}</span>
        <select value={String(old.id)} onChange={(event) => open("compare", Number(event.currentTarget.value))}>
          {others.map((plan) => (
            <option key={plan.id} value={String(plan.id)}>
              {named(plan)} · {t(plan.in_force ? "plan.in_force" : `plan.state.${plan.state}`)}
            </option>
          ))}
        </select>
      </label>
      {levels.value.length === 0 ? <p class="warning">{t("compare.no_level")}</p> : <Differences />}
    </>
  );
}

/** What differs, of whatever two plans are compared. */
export function Differences(): JSX.Element | null {
  const found = comparison.value;
  const at = level.value;
  if (found === null || at === null) return null;
  const rows = listed.value;
  return (
    <>
      <MovedTable />
      <p class="quiet small">{t(`compare.by.${found.by}`)}</p>
      <ul class="classes compare-key">
        <li><span class="swatch" style={{ backgroundImage: `url(${patternUrl("changed")})` }} />{t("compare.key.area", { level: t(`level.${at}`) })}</li>
        {taskName.value === "compare" && (
          <>
            <li><span class="line old" />{t("compare.key.old")}</li>
            <li><span class="line new" />{t("compare.key.new")}</li>
          </>
        )}
      </ul>
      <section>
        <h2>
          {t("compare.moves", { level: t(`level.${at}`) })} <span class="tally">{count(rows.length, language.value)}</span>
        </h2>
        {rows.length === 0 ? <p class="all-right">✓ {t("compare.same", { level: t(`level.${at}`) })}</p> : <Moves rows={rows} />}
        {rows.length > 0 && (
          <div class="actions">
            <button class="button" aria-pressed={matrixOpen.value} onClick={() => (matrixOpen.value = !matrixOpen.value)}>
              {t("compare.matrix")} · {grid(found.matrix[at] ?? []).rows.length} × {grid(found.matrix[at] ?? []).columns.length}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

/** How many people, households and buildings change their unit, level by level; choosing one shows it on the map. */
function MovedTable(): JSX.Element {
  const said = language.value;
  return (
    <table class="moved" aria-label={t("compare.change")}>
      <thead>
        <tr>
          <th scope="col">{t("compare.change")}</th>
          <th scope="col">{t("measure.residents")}</th>
          <th scope="col">{t("measure.households")}</th>
          <th scope="col">{t("measure.buildings")}</th>
        </tr>
      </thead>
      <tbody>
        {levels.value.map((one: LevelName) => {
          const moved = comparison.value?.moved[one];
          return (
            <tr key={one} class={one === level.value ? "selected" : ""}>
              <th scope="row">
                <label>
                  <input type="radio" name="compared-level" checked={one === level.value} onChange={() => (state.level.value = one)} /> {t(`level.${one}`)}
                </label>
              </th>
              <td class="number">
                {count(moved?.residents, said)}
                {moved?.share !== undefined && moved.share !== null && <span class="quiet"> {decimal(moved.share * 100, 1, said)}&nbsp;%</span>}
              </td>
              <td class="number">{count(moved?.households, said)}</td>
              <td class="number">{count(moved?.buildings, said)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The residents that go; where nobody lives the buildings, and where nothing stands the ground. */
function goes(residents: number | null, buildings: number | null, area_m2: number): string {
  if (residents !== null && residents > 0) return count(residents, language.value);
  if (buildings !== null && buildings > 0) return t("edit.compounds.buildings", { n: count(buildings, language.value) });
  return area(area_m2, language.value);
}

function Moves({ rows }: { readonly rows: readonly MatrixRow[] }): JSX.Element {
  return (
    <>
      <ul class="unit-list moves">
        {rows.slice(0, LISTED).map(([from, to, residents, , buildings, area_m2]) => (
          <li key={cellKey(from, to)}>
            <button class={focused.value === cellKey(from, to) ? "chosen" : ""} title={t("propose.fly")} onClick={() => flyTo(from, to)}>
              <span class="name">
                {shortOf(from, "old")} <span aria-label={t("compare.to")}>→</span> {shortOf(to, "new")}
              </span>
              <span class="value">{goes(residents, buildings, area_m2)}</span>
            </button>
          </li>
        ))}
      </ul>
      {rows.length > LISTED && <p class="quiet small">{t("compare.more", { n: rows.length - LISTED })}</p>}
    </>
  );
}
