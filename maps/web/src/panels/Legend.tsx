/** What the colours mean: measure, unit, period, denominator, classes, and what is missing or suppressed. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { signOf } from "../model/bands";
import { legendRows } from "../model/classes";
import { day } from "../model/numbers";
import type { Figures } from "../model/types";
import { known } from "../messages/translate";
import { patternUrl, type PatternName } from "../map/patterns";
import { changes } from "../state/proposing";
import { room } from "../state/room";
import * as state from "../state/state";
import { language, t } from "../state/state";
import { Icon } from "./icons";

/** Measures a choropleth may show: only rates and shares, never bare counts. */
export function choices(): readonly string[] {
  return state.figureList.value.filter((one) => one.kind !== "count").map((one) => one.measure);
}

export function figureName(measure: string): string {
  return t(known(`figure.${measure}`, "rule.other"), { rule: measure });
}

export function Legend(): JSX.Element | null {
  const [asked, fold] = useState<boolean | null>(null);
  if (state.plan.value === null) return null;
  const chosen = state.figure.value;
  // A choropleth cannot be read without its classes; the few other signs can wait where there is little room.
  const folded = asked ?? (chosen === null && room.value.includes("small"));
  return (
    <section class={`legend ${folded ? "folded" : ""}`} aria-label={t("legend.title")}>
      <div class="legend-head">
        <label>
          <span>{t("figure.choose")}</span>
          <select
            value={chosen ?? ""}
            onChange={(event) => (state.figure.value = event.currentTarget.value === "" ? null : event.currentTarget.value)}
          >
            <option value="">{t("figure.none")}</option>
            {choices().map((measure) => (
              <option key={measure} value={measure}>
                {figureName(measure)}
              </option>
            ))}
            <option value="tints">{t("figure.tints")}</option>
          </select>
        </label>
        <button
          class={`plain-button fold ${folded ? "up" : ""}`}
          aria-expanded={!folded}
          aria-label={t(folded ? "legend.show" : "legend.hide")}
          onClick={() => fold(!folded)}
        >
          <Icon name="fold" />
        </button>
      </div>
      {!folded && <Rows />}
    </section>
  );
}

function Rows(): JSX.Element | null {
  const figures = state.figures.value;
  if (figures !== null && figures.measure === state.figure.value) return <Classes figures={figures} />;
  const shown = state.shownUnits.value;
  const signs = new Set(shown.map(signOf));
  const exclusive = shown.some((unit) => unit.type === "exclusive");
  const changed = state.overlay.value !== null && changes.value.length > 0;
  if (!changed && !exclusive && !signs.has("above") && !signs.has("below")) return null;
  return (
    <ul class="classes">
      {signs.has("above") && <Row pattern="above" label={`▲ ${t("legend.above")}`} />}
      {signs.has("below") && <Row pattern="below" label={`▼ ${t("legend.below")}`} />}
      {changed && <Row pattern="changed" label={`⇄ ${t("legend.changed")}`} />}
      {exclusive && <Row pattern="exclusive" label={`◇ ${t("legend.exclusive")}`} />}
    </ul>
  );
}

function Row(props: { readonly pattern: PatternName; readonly label: string; readonly units?: number }): JSX.Element {
  return (
    <li>
      <span class="swatch" style={{ backgroundImage: `url(${patternUrl(props.pattern)})` }} />
      <span class="class-label">{props.label}</span>
      {props.units !== undefined && <span class="value">{props.units}</span>}
    </li>
  );
}

function Classes({ figures }: { readonly figures: Figures }): JSX.Element {
  const ids = state.shownUnits.value.map((unit) => unit.id);
  const rows = legendRows(figures, ids, language.value);
  return (
    <>
      <p class="legend-unit">
        <strong>{t(known(`figure.unit.${figures.unit}`, "rule.other"), { rule: figures.unit })}</strong>
        <span class="quiet">{t(`levels.${figures.level}`)}</span>
      </p>
      {figures.breaks.length < 2 && <p class="quiet">{t("figure.empty")}</p>}
      <ul class="classes">
        {rows.map((row) =>
          typeof row.of === "number" ? (
            <li key={row.of}>
              <span class="swatch" style={{ background: row.colour ?? "none" }} />
              <span class="class-label">{row.label}</span>
              <span class="value">{row.units}</span>
            </li>
          ) : (
            <Row key={row.of} pattern={row.of} label={t(`legend.${row.of}`)} units={row.units} />
          ),
        )}
      </ul>
      <p class="quiet source">
        {sourceLines(figures).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
    </>
  );
}

export function sourceLines(figures: Figures): string[] {
  const lines = [t(known(`figure.scheme.${figures.scheme}`, "rule.other"), { rule: figures.scheme })];
  if (figures.denominator !== null) {
    const what = t(known(`figure.denominator.${figures.denominator}`, "rule.other"), { rule: figures.denominator });
    lines.push(t("figure.denominator", { what }));
  }
  if (figures.period !== null) {
    lines.push(t("figure.period", { from: day(figures.period.from), to: day(figures.period.to) }));
  }
  if (figures.count_date !== null) lines.push(t("figure.count_date", { date: day(figures.count_date) }));
  return lines;
}
