/** All units of the level shown as a table: every figure of the map without a mouse. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { bandOf, judge, ordinaryParts, SIGN } from "../model/bands";
import { count, decimal } from "../model/numbers";
import { matching, reorder, sortUnits, type Column, type Order } from "../model/table";
import type { MeasureName, Unit } from "../model/types";
import type { MessageKey } from "../messages/translate";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Icon } from "./icons";
import { FindingText } from "./Inspector";
import { show } from "./UnitList";

const COLUMNS: readonly (readonly [Column, MessageKey])[] = [
  ["code", "table.code"],
  ["name", "table.name"],
  ["parent", "table.parent"],
  ["residents", "measure.residents"],
  ["households", "measure.households"],
  ["floating", "measure.floating"],
  ["area_m2", "measure.area"],
  ["compactness", "measure.compactness"],
  ["findings", "table.findings"],
];

export function UnitTable(): JSX.Element | null {
  const [order, setOrder] = useState<Order>({ column: "code", descending: false });
  const [text, setText] = useState("");
  const [onlyFindings, setOnlyFindings] = useState(false);
  const plan = state.plan.value;
  if (plan === null) return null;
  const all = state.shownUnits.value;
  const ordinary = ordinaryParts(all);
  const found = matching(all, text).filter((unit) => !onlyFindings || unit.findings.length > 0);
  const rows = sortUnits(found, order, parentName);
  return (
    <section class="unit-table" aria-label={t("rail.table")}>
      <header>
        <h2>
          {t("table.title", { plan: named(plan), level: t(`levels.${state.level.value}`), n: count(ordinary, language.value) })}
          {ordinary < all.length && (
            <span class="quiet"> {t("unit.also_exclusive", { n: count(all.length - ordinary, language.value) })}</span>
          )}
        </h2>
        <input
          type="search"
          value={text}
          placeholder={t("table.filter")}
          aria-label={t("table.filter")}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <label>
          <input type="checkbox" checked={onlyFindings} onChange={() => setOnlyFindings(!onlyFindings)} />
          {t("table.only_findings")}
        </label>
        <button class="plain-button" aria-label={t("table.close")} title={`${t("table.close")} (T)`} onClick={() => (state.tableOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {COLUMNS.map(([column, key]) => (
                <th key={column} class={column} aria-sort={sortState(order, column)}>
                  <button onClick={() => setOrder(reorder(order, column))}>
                    {t(key)}
                    {column === "area_m2" && " km²"}
                    <span aria-hidden="true" class="arrow">
                      {order.column === column ? (order.descending ? "▾" : "▴") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((unit) => (
              <Row key={unit.id} unit={unit} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p class="quiet empty">{t("table.empty")}</p>}
      </div>
    </section>
  );
}

function sortState(order: Order, column: Column): "ascending" | "descending" | "none" {
  if (order.column !== column) return "none";
  return order.descending ? "descending" : "ascending";
}

function parentName(unit: Unit): string {
  const parent = state.units.value.byId.get(unit.parent ?? "");
  return parent === undefined ? "" : named(parent);
}

function Row({ unit }: { readonly unit: Unit }): JSX.Element {
  const said = language.value;
  return (
    <tr
      class={unit.id === state.selectedId.value ? "selected" : ""}
      onMouseEnter={() => (state.hoveredId.value = unit.id)}
      onMouseLeave={() => (state.hoveredId.value = null)}
      onClick={() => show(unit)}
    >
      <td class="code">{unit.code ?? "–"}</td>
      <th scope="row" class="name">
        <button
          class="link"
          onClick={(event) => {
            event.stopPropagation();
            show(unit);
          }}
        >
          {named(unit)}
        </button>
      </th>
      <td class="parent">{parentName(unit)}</td>
      <Count unit={unit} measure="residents" />
      <Count unit={unit} measure="households" />
      <Count unit={unit} measure="floating" />
      <td class="number">{decimal(unit.area_m2 / 1e6, 3, said)}</td>
      <td class="number">{decimal(unit.compactness, 2, said)}</td>
      <td class="findings">
        {unit.findings.map((finding) => (
          <span key={finding.rule} class="one">
            <FindingText finding={finding} />
          </span>
        ))}
      </td>
    </tr>
  );
}

function Count({ unit, measure }: { readonly unit: Unit; readonly measure: MeasureName }): JSX.Element {
  const district = state.district.value;
  const band = district === null ? null : bandOf(district, unit, measure);
  const standing = band === null ? "within" : judge(unit[measure], band, unit.type === "exclusive").standing;
  const out = standing === "above" || standing === "below";
  return (
    <td class={`number ${out ? standing : ""}`}>
      {out && <span aria-hidden="true">{SIGN[standing]} </span>}
      {count(unit[measure], language.value)}
    </td>
  );
}
