/** The matrix old x new below the map: residents of each old unit by their new one, the largest changes first. */

import type { JSX } from "preact";
import { Icon } from "../panels/icons";
import { count } from "../model/numbers";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { comparison, flyTo, focused, level, matrixOpen, nameOf, newPlan, oldPlan, shortOf } from "./comparing";
import { cellKey, csv, grid, type Grid, type MatrixRow } from "./model";

export function Matrix(): JSX.Element | null {
  const at = level.value;
  const [found, old, now] = [comparison.value, oldPlan.value, newPlan.value];
  if (found === null || at === null || old === null || now === null) return null;
  const rows = found.matrix[at] ?? [];
  const whole = grid(rows);
  return (
    <section class="unit-table matrix" aria-label={t("compare.matrix")}>
      <header>
        <h2>
          {t("compare.matrix.title", { old: named(old), new: named(now), level: t(`levels.${at}`) })}
          {whole.unchanged > 0 && <span class="quiet"> {t("compare.unchanged", { n: count(whole.unchanged, language.value) })}</span>}
        </h2>
        <button class="button" onClick={() => void copy(rows)}>
          {t("compare.copy")}
        </button>
        <button class="plain-button" aria-label={t("compare.matrix.close")} onClick={() => (matrixOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("compare.matrix")}>
        <Cells whole={whole} />
      </div>
    </section>
  );
}

function Cells({ whole }: { readonly whole: Grid }): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("compare.old_new")}</th>
          {whole.columns.map((to) => (
            <th key={to} scope="col">
              {shortOf(to, "new")}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {whole.rows.map((from) => (
          <tr key={from}>
            <th scope="row">{shortOf(from, "old")}</th>
            {whole.columns.map((to) => (
              <Cell key={to} row={whole.cells.get(cellKey(from, to))} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ row }: { readonly row: MatrixRow | undefined }): JSX.Element {
  if (row === undefined) return <td />;
  const [from, to, residents] = row;
  const text = count(residents, language.value);
  if (!row[6]) return <td class="number same">{text}</td>;
  return (
    <td class={`number ${focused.value === cellKey(from, to) ? "chosen" : ""}`}>
      <button class="link" title={t("propose.fly")} onClick={() => flyTo(from, to)}>
        {text}
      </button>
    </td>
  );
}

/** Every pair of units as a line of CSV in the clipboard. */
async function copy(rows: readonly MatrixRow[]): Promise<void> {
  const head = [t("compare.csv.old"), t("compare.csv.new"), t("measure.residents"), t("measure.households"), t("measure.buildings"), `${t("measure.area")} m²`];
  const lines = [...rows]
    .sort((a, b) => (b[2] ?? 0) - (a[2] ?? 0))
    .map(([from, to, residents, households, buildings, area_m2]) => [nameOf(from, "old"), nameOf(to, "new"), residents, households, buildings, area_m2]);
  if (await toClipboard(csv([head, ...lines]))) state.notify("done", t("compare.copied", { n: count(rows.length, language.value) }));
  else state.notify("error", t("compare.not_copied"));
}

/** Browsers offer the clipboard only over HTTPS, and some not even then; offices run this over plain HTTP, where the old way still works. */
async function toClipboard(text: string): Promise<boolean> {
  if (window.isSecureContext && (await navigator.clipboard.writeText(text).then(() => true, () => false))) return true;
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
