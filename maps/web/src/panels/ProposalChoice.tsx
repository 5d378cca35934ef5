/** The proposals of a search side by side; the one chosen is on the map. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { patternUrl } from "../map/patterns";
import { count, decimal } from "../model/numbers";
import { columnsOf, type Column, type ColumnName, type Proposal } from "../model/proposals";
import * as proposing from "../state/proposing";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Proof, Scores } from "./ProposalScores";
import { ToldList } from "./ToldList";

export function ProposalChoice(): JSX.Element {
  const all = proposing.proposals.value;
  const answer = proposing.answer.value;
  const shown = proposing.shown.value;
  return (
    <>
      <p class="quiet">{answer === null ? "" : t(`propose.stopped.${answer.stopped_by}`, { n: count(answer.steps_done, language.value) })}</p>
      {answer !== null && <Proof answer={answer} best={all[0] ?? null} />}
      {answer?.notes.map((note) => (
        <p key={note.text} class="quiet">{state.saying(note)}</p>
      ))}
      <div class="wide">
        <Alternatives all={all} shown={shown} />
      </div>
      {shown !== null && <Detail one={shown} />}
      {shown !== null && <SelectedUnit />}
      {answer !== null && <ToldList title="propose.reasons" told={answer.reasons} />}
      {answer !== null && <ToldList title="propose.unmet" told={answer.unmet} />}
      {answer?.reasons.length === 0 && answer.unmet.length === 0 && <p class="all-right">{t("propose.all_met")}</p>}
      <div class="actions">
        <button class="button" onClick={proposing.forget}>
          {t("propose.again")}
        </button>
      </div>
    </>
  );
}

interface AlternativesProps {
  readonly all: readonly Proposal[];
  readonly shown: Proposal | null;
}

function Alternatives({ all, shown }: AlternativesProps): JSX.Element {
  const columns = columnsOf(all);
  return (
    <table class="alternatives">
      <caption class="visually-hidden">{t("propose.table")}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">{t("propose.show")}</span>
          </th>
          {columns.map((column) => (
            <th key={column.name} scope="col" title={t(`propose.column.note.${column.name}`)}>
              {t(`propose.column.${column.name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map((one, k) => (
          <tr key={one.id} class={one === shown ? "selected" : ""} onClick={() => choose(one)} onMouseEnter={() => preview(one)} onMouseLeave={() => preview(null)}>
            <th scope="row">
              <label>
                <input type="radio" name="proposal" checked={one === shown} aria-label={t("propose.number", { n: one.rank + 1 })} onChange={() => choose(one)} />
                {one.rank + 1}
              </label>
            </th>
            {columns.map((column) => (
              <Cell key={column.name} column={column} row={k} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function choose(one: Proposal): void {
  proposing.comparedId.value = null;
  state.proposalId.value = String(one.id);
}

/** Under the pointer, a proposal's borders lie dashed over the one chosen. */
function preview(one: Proposal | null): void {
  proposing.previewId.value = one === null || one === proposing.shown.peek() ? null : one.id;
}

function Cell({ column, row }: { readonly column: Column; readonly row: number }): JSX.Element {
  const best = column.best.has(row);
  return (
    <td class={best ? "best" : ""}>
      <span class="value">
        {figureText(column.name, column.values[row] ?? null)}
        {best && (
          <span title={t("propose.best")}>
            <span aria-hidden="true"> ★</span>
            <span class="visually-hidden">{t("propose.best")}</span>
          </span>
        )}
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${(column.bars[row] ?? 0) * 100}%` }} />
      </span>
    </td>
  );
}

function figureText(name: ColumnName, value: number | null): string {
  if (name === "clear") return value === null ? "–" : `${decimal(value * 100, 1, language.value)} %`;
  return name === "compactness" ? decimal(value, 2, language.value) : count(value, language.value);
}

function Detail({ one }: { readonly one: Proposal }): JSX.Element {
  const others = proposing.proposals.value.filter((other) => other !== one);
  const { figures } = one;
  return (
    <section class="proposal">
      <h2>{t("propose.number", { n: one.rank + 1 })}</h2>
      <p>
        {t("propose.units", { n: count(figures.units, language.value), level: t(`levels.${one.level}`) })}
        {figures.residents ? ` · ${t("propose.span", { low: count(figures.residents[0], language.value), high: count(figures.residents[1], language.value) })}` : ""}
        {figures.exclusive > 0 && <span class="quiet"> {t("unit.also_exclusive", { n: count(figures.exclusive, language.value) })}</span>}
      </p>
      {figures.moved !== null && (
        <p class="changed">
          <span class="swatch" aria-hidden="true" style={{ backgroundImage: `url(${patternUrl("changed")})` }} />
          {figures.moved > 0 ? t("propose.moved", { n: count(figures.moved, language.value) }) : t("propose.unmoved")}
        </p>
      )}
      <Scores one={one} />
      {others.length > 0 && (
        <label class="compare">
          <span>{t("propose.compare")}</span>
          <select
            value={proposing.comparedId.value ?? ""}
            onChange={(event) => (proposing.comparedId.value = event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}
          >
            <option value="">{t("propose.compare.none")}</option>
            {others.map((other) => (
              <option key={other.id} value={other.id}>
                {t("propose.number", { n: other.rank + 1 })}
              </option>
            ))}
          </select>
        </label>
      )}
      <Take key={one.id} one={one} />
    </section>
  );
}

/** The unit selected in the proposal shown, and who would come to it. */
function SelectedUnit(): JSX.Element | null {
  const unit = state.selected.value;
  if (unit === null || state.overlay.value === null) return null;
  const said = language.value;
  return (
    <section class="proposal" aria-live="polite">
      <h2>{named(unit)}</h2>
      <p>
        {t("measure.residents")} {count(unit.residents, said)} · {t("measure.households")} {count(unit.households, said)}
      </p>
      {unit.moved !== undefined && unit.moved !== null && unit.moved > 0 && <p>{t("propose.come", { n: count(unit.moved, said) })}</p>}
    </section>
  );
}

function Take({ one }: { readonly one: Proposal }): JSX.Element {
  const offered = proposing.defaults.value?.levels[one.level]?.name ?? "";
  const [typed, setName] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = typed ?? offered;
  if (one.stale) return <p class="warning">{t("propose.stale")}</p>;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await proposing.take(one, name.trim());
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <form class="import" onSubmit={(event) => void submit(event)}>
      <label>
        <span>{t("propose.name")}</span>
        <input type="text" required maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      {problem !== null && <p class="warning" role="alert">{problem}</p>}
      <button class="button primary" type="submit" disabled={busy || name.trim() === ""}>
        {t("propose.take")}
      </button>
    </form>
  );
}
