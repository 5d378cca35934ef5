/** The cells of one community against their bands, before and after while something is drawn. */

import type { JSX } from "preact";
import { bandText, byCode, judge, ordinaryParts, partsBandOf, SIGN } from "../../model/bands";
import { area, count, decimal, percent } from "../../model/numbers";
import type { MeasureName, Unit } from "../../model/types";
import * as palette from "../../map/palette";
import { zoomTo } from "../../state/commands";
import * as state from "../../state/state";
import { language, named, t } from "../../state/state";
import type { ForeseenUnit } from "../model/foresight";
import { nextProblem, openProblems } from "../state/problems";
import { unitInScope } from "../state/scope";
import { foreseen, model } from "../state/session";
import { Change, foreseenName, Stands } from "./Before";
import { SplitCompounds } from "./SplitCompounds";

const MEASURES: readonly MeasureName[] = ["residents", "households", "floating"];

export function Tallies(): JSX.Element {
  return (
    <div class="tallies">
      <Problems />
      <SplitCompounds />
      <Shown />
    </div>
  );
}

/** Apart from the problems, which a stroke in hand does not change. */
function Shown(): JSX.Element {
  const parent = shownParent();
  return parent === null ? <Overview /> : <Members parent={parent} />;
}

/** The unit whose parts are listed: the selection where it has parts, else its parent. */
function shownParent(): Unit | null {
  const index = state.planUnits.value;
  const lowest = model.value?.lowest;
  const changing = foreseen.value?.units[0]?.row.parent_id ?? null;
  const selected = state.selected.value;
  if (selected === null) return changing === null ? null : (index.byId.get(changing) ?? null);
  return selected.level === lowest ? (index.byId.get(selected.parent ?? "") ?? null) : selected;
}

function Problems(): JSX.Element {
  const found = openProblems();
  return (
    <p class="problem-line">
      {found.length === 0 ? (
        <span class="all-right">✓ {t("findings.none")}</span>
      ) : (
        <>
          <span class="verdict above">▲▼ {t("findings.units", { n: found.length })}</span>
          <button class="button" title="X" onClick={nextProblem}>
            {t("edit.next_problem")}
          </button>
        </>
      )}
    </p>
  );
}

function Members({ parent }: { readonly parent: Unit }): JSX.Element {
  const [plan, district] = [state.plan.value, state.district.value];
  const children = [...(state.planUnits.value.childrenOf.get(parent.id) ?? [])].sort(byCode);
  const band = plan === null || district === null ? null : partsBandOf(district, parent, plan);
  const changing = new Map((foreseen.value?.units ?? []).map((unit) => [unit.id, unit]));
  const level = children[0]?.level ?? "cell";
  const others = [...changing.values()].filter(({ before, row }) => row.level === level && (before === null || row.parent_id !== parent.id));
  const coming = others.filter(({ row }) => row.parent_id === parent.id);
  const elsewhere = others.filter(({ row }) => row.parent_id !== parent.id);
  return (
    <>
      <h2>
        <button class="link" aria-pressed={parent.id === state.selectedId.value} onClick={() => choose(parent)}>
          {named(parent)}
        </button>
        {band !== null && <Parts now={ordinaryParts(children)} band={band} />}
      </h2>
      <p class="quiet small">{t("edit.shape_key")}</p>
      <table class="tally-table">
        <thead>
          <tr>
            {MEASURES.map((measure) => (
              <th key={measure} scope="col">
                {t(`measure.${measure}`)}
                <Limits measure={measure} level={level} />
              </th>
            ))}
          </tr>
        </thead>
        {children.map((unit) => (
          <Member key={unit.id} unit={unit} changing={changing.get(unit.id) ?? null} />
        ))}
        {coming.map((unit) => (
          <Coming key={unit.id} unit={unit} />
        ))}
        {elsewhere.length > 0 && (
          <tbody>
            <tr>
              <th class="beyond" scope="rowgroup" colSpan={3}>
                {t("edit.elsewhere")}
              </th>
            </tr>
          </tbody>
        )}
        {elsewhere.map((unit) => {
          const known = state.planUnits.value.byId.get(unit.id);
          return known === undefined ? <Coming key={unit.id} unit={unit} /> : <Member key={unit.id} unit={known} changing={unit} />;
        })}
      </table>
    </>
  );
}

function Parts({ now, band }: { readonly now: number; readonly band: readonly [number, number] }): JSX.Element {
  const { standing, off } = judge(now, band);
  return (
    <span class="parts">
      <span class="value">{now}</span> <span class="band">/ {bandText(band, language.value)}</span>{" "}
      <span class={`verdict ${standing}`}>
        {SIGN[standing]} {standing === "within" ? "" : t(`verdict.${standing}`, { n: off })}
      </span>
    </span>
  );
}

function Limits({ measure, level }: { readonly measure: MeasureName; readonly level: Unit["level"] }): JSX.Element | null {
  const band = level === "cell" ? state.district.value?.rules.bands?.[measure] : undefined;
  return band === undefined ? null : <span class="limits">{bandText(band, language.value)}</span>;
}

function Member({ unit, changing }: { readonly unit: Unit; readonly changing: ForeseenUnit | null }): JSX.Element {
  const after = changing?.after ?? null;
  const [shown, said] = [after ?? unit, language.value];
  const selected = unit.id === state.selectedId.value;
  return (
    <tbody class={`${selected ? "selected" : ""} ${changing === null ? "" : "changing"} ${changing !== null && after === null ? "going" : ""}`} data-unit={unit.id}>
      <tr>
        <th scope="rowgroup" colSpan={3}>
          <span class="swatch" style={{ background: palette.TINTS[(unit.colour ?? 0) % palette.TINTS.length] }} aria-hidden="true" />
          <button class="link" aria-pressed={selected} onClick={() => state.select(unit)} onDblClick={() => zoomTo(unit.bounds)} onMouseEnter={() => (state.hoveredId.value = unit.id)} onMouseLeave={() => (state.hoveredId.value = null)}>
            {named(unit) || t("edit.new_unit")}
          </button>
          {unit.locked === true && <span title={t("edit.locked")}> 🔒</span>}
          <span class="shape">
            <span title={t("measure.area")}>{area(shown.area_m2, said)}</span> · <span title={t("measure.compactness")}>{decimal(shown.compactness, 2, said)}</span> ·{" "}
            <span title={t("measure.clear_border")}>{percent(shown.clear_border_share, said)}</span>
          </span>
        </th>
      </tr>
      <tr>
        {MEASURES.map((measure) => (
          <td key={measure} class={measure}>
            <Change before={unit[measure]} after={shown[measure]} />
            <Stands row={unit} measure={measure} value={shown[measure]} />
          </td>
        ))}
      </tr>
    </tbody>
  );
}

function Coming({ unit }: { readonly unit: ForeseenUnit }): JSX.Element {
  return (
    <tbody class="changing coming">
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {foreseenName(unit)}
        </th>
      </tr>
      <tr>
        {MEASURES.map((measure) => (
          <td key={measure} class={measure}>
            <strong class="value">{count(unit.after?.[measure], language.value)}</strong>
            <Stands row={unit.row} measure={measure} value={unit.after?.[measure] ?? null} />
          </td>
        ))}
      </tr>
    </tbody>
  );
}

/** Without a selection: the communities, or the streets where these are in work, and what is wrong in them. */
function Overview(): JSX.Element {
  const [index, plan] = [state.planUnits.value, model.value];
  const above = plan?.levels.includes("community") === true ? "community" : (plan?.levels[0] ?? "cell");
  const level = state.level.value === "cell" ? above : state.level.value;
  const units = [...(index.byLevel.get(level) ?? [])].filter((unit) => plan === null || unitInScope(plan, unit.id)).sort(byCode);
  return (
    <>
      <p class="quiet">{t("edit.select_to_see")}</p>
      <ul class="unit-list">
        {units.map((unit) => {
          const wrong = (index.childrenOf.get(unit.id) ?? []).filter(({ findings }) => findings.length > 0).length + (unit.findings.length > 0 ? 1 : 0);
          return (
            <li key={unit.id}>
              <button onClick={() => choose(unit)} onMouseEnter={() => (state.hoveredId.value = unit.id)} onMouseLeave={() => (state.hoveredId.value = null)}>
                <span class="name">{named(unit)}</span>
                {wrong > 0 && <span class="verdict above">! {wrong}</span>}
                <span class="value">{count(unit.residents, language.value)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function choose(unit: Unit): void {
  state.selectedId.value = unit.id;
  zoomTo(unit.bounds);
}
