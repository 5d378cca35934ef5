/** The view as a picture or a PDF for a document, and sheets of units for the wall and the file. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { Panel } from "../panels/Panel";
import { count } from "../model/numbers";
import type { Unit } from "../model/types";
import { byCode } from "../model/bands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { DENOMINATORS, type Orientation, type PaperSize } from "./page_layout";
import { fittingDenominator, saveView, type Format } from "./saving";
import { openSheets } from "./sheets";

const NAMED_SCALES = 9;

export function PaperPanel(): JSX.Element | null {
  const plan = state.plan.value;
  const [size, setSize] = useState<PaperSize>("A4");
  const [orientation, setOrientation] = useState<Orientation>("landscape");
  const [denominator, setDenominator] = useState<number | null>(null);
  const [title, setTitle] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (plan === null) return null;
  // A figure that is still being fetched would be missing on the paper.
  const waiting = state.unitsOf.value === null || (state.figure.value !== null && state.figure.value !== "tints" && state.figures.value === null);
  const fit = fittingDenominator(size, orientation);
  const near = DENOMINATORS.indexOf(fit);
  const scales = DENOMINATORS.slice(Math.max(0, near - NAMED_SCALES), near + 4);
  const offered = `${named(state.district.value ?? plan)} · ${named(plan)}`;
  const save = async (format: Format): Promise<void> => {
    setBusy(true);
    try {
      const name = await state.during("paper", () => saveView(format, { size, orientation, denominator: denominator ?? fit, title: (title ?? offered).trim() || offered }));
      state.notify("done", t("export.done", { file: name }));
    } catch (failure) {
      state.notify("error", failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return (
    <Panel title={t("paper.title")}>
      <label class="field">
        <span>{t("paper.heading")}</span>
        <input value={title ?? offered} maxLength={120} onInput={(event) => setTitle(event.currentTarget.value)} />
      </label>
      <div class="paper-choices">
        <label class="field">
          <span>{t("paper.size")}</span>
          <select value={size} onChange={(event) => setSize(event.currentTarget.value as PaperSize)}>
            <option value="A4">A4</option>
            <option value="A3">A3</option>
          </select>
        </label>
        <label class="field">
          <span>{t("paper.orientation")}</span>
          <select value={orientation} onChange={(event) => setOrientation(event.currentTarget.value as Orientation)}>
            <option value="landscape">{t("paper.landscape")}</option>
            <option value="portrait">{t("paper.portrait")}</option>
          </select>
        </label>
        <label class="field">
          <span>{t("paper.scale")}</span>
          <select value={denominator ?? ""} onChange={(event) => setDenominator(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}>
            <option value="">{t("paper.scale.fit", { n: count(fit, language.value) })}</option>
            {scales.map((one) => (
              <option key={one} value={one}>
                1:{count(one, language.value)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="actions">
        <button class="button primary" disabled={busy || waiting} onClick={() => void save("pdf")}>PDF</button>
        <button class="button" disabled={busy || waiting} onClick={() => void save("png")}>PNG</button>
      </div>
      <p class="quiet small">{t("paper.about")}</p>
      <Sheets />
    </Panel>
  );
}

/** Sheets of the selected unit and of what it holds. */
function Sheets(): JSX.Element {
  const unit = state.selected.value;
  const children = unit === null ? [] : [...(state.units.value.childrenOf.get(unit.id) ?? [])].sort(byCode);
  const cells = unit?.level === "street" ? cellsOf(children) : [];
  return (
    <section>
      <h2>{t("sheet.title")}</h2>
      {unit === null ? (
        <p class="quiet">{t("sheet.how")}</p>
      ) : (
        <div class="choices">
          <button class="button" onClick={() => openSheets([unit])}>{t("sheet.one", { unit: named(unit) })}</button>
          {unit.level !== "cell" && children.length > 0 && (
            <button class="button" onClick={() => openSheets(children)}>{t(`sheet.all.${unit.level}`, { n: children.length })}</button>
          )}
          {cells.length > 0 && <button class="button" onClick={() => openSheets(cells)}>{t("sheet.all.community", { n: cells.length })}</button>}
        </div>
      )}
    </section>
  );
}

function cellsOf(communities: readonly Unit[]): Unit[] {
  return communities.flatMap((one) => [...(state.units.value.childrenOf.get(one.id) ?? [])].sort(byCode));
}
