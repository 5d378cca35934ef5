/** What is asked for: level, bands, number of units, goals, time. Defaults are the district's rules. */

import { useState } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";
import { known } from "../messages/translate";
import { decimal } from "../model/numbers";
import { BARRIERS, GOALS, isFault, requestOf, type BarrierName, type Draft, type Fault } from "../model/proposals";
import { LEVELS } from "../model/types";
import * as proposing from "../state/proposing";
import { straightLine } from "./ProposalScores";
import * as state from "../state/state";
import { language, named, t } from "../state/state";

export function ProposeForm(): JSX.Element | null {
  const [fault, setFault] = useState<Fault | string | null>(null);
  const [busy, setBusy] = useState(false);
  const draft = proposing.draft.value;
  const plan = state.plan.value;
  if (draft === null || plan === null) return null;
  const change = (part: Partial<Draft>): void => {
    setFault(null);
    proposing.draft.value = { ...draft, ...part };
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const request = requestOf(draft, plan.id);
    if (isFault(request)) {
      setFault(request);
      return;
    }
    setBusy(true);
    try {
      await proposing.ask(request, plan.id);
    } catch (problem) {
      setFault(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  return (
    <form class="import propose-form" noValidate onSubmit={(event) => void submit(event)}>
      <LevelField draft={draft} />
      <fieldset>
        <legend>{t("propose.rules")}</legend>
        {Object.entries(draft.bands).map(([measure, limits]) => (
          <LimitsField
            key={measure}
            label={t(known(`measure.${measure}`, "measure.residents"))}
            limits={limits}
            onChange={(next) => change({ bands: { ...draft.bands, [measure]: next } })}
          />
        ))}
        {draft.level === "cell" && (
          <LimitsField label={t("propose.per_parent")} limits={draft.perParent} onChange={(perParent) => change({ perParent })} />
        )}
        <Row label={t("propose.parts", { level: t(`levels.${draft.level}`) })}>
          <NumberInput value={draft.parts} placeholder={t("propose.parts.any")} onChange={(parts) => change({ parts })} />
        </Row>
      </fieldset>
      <GoalsField draft={draft} onChange={(goals) => change({ goals })} />
      {(draft.goals["border"] ?? 0) > 0 && <BarriersField draft={draft} onChange={(barriers) => change({ barriers })} />}
      <KeepField draft={draft} onChange={(keep) => change({ keep })} />
      <fieldset>
        <legend>{t("propose.effort")}</legend>
        <Row label={t("propose.seconds")}>
          <NumberInput value={draft.seconds} onChange={(seconds) => change({ seconds })} />
        </Row>
        <Row label={t("propose.steps")}>
          <NumberInput value={draft.steps} placeholder={t("propose.steps.any")} onChange={(steps) => change({ steps })} />
        </Row>
      </fieldset>
      {fault !== null && <p class="warning" role="alert">{typeof fault === "string" ? fault : faultText(fault)}</p>}
      <button class="button primary" type="submit" disabled={busy}>
        {t("propose.start")}
      </button>
    </form>
  );
}

function faultText({ field, why }: Fault): string {
  const name = field === "perParent" ? t("propose.per_parent") : field in FIELDS ? t(FIELDS[field as keyof typeof FIELDS]) : t(known(`measure.${field}`, "propose.rules"));
  return t(`propose.fault.${why}`, { field: name });
}

const FIELDS = { parts: "propose.parts.short", seconds: "propose.seconds", steps: "propose.steps", goals: "propose.goals" } as const;

function LevelField({ draft }: { readonly draft: Draft }): JSX.Element {
  const levels = proposing.defaults.value?.levels ?? {};
  return (
    <div class="choice" role="radiogroup" aria-label={t("level.choose")}>
      {[...LEVELS].reverse().filter((level) => levels[level] !== undefined).map((level) => (
        <label key={level} class={level === draft.level ? "chosen" : ""}>
          <input type="radio" name="propose-level" checked={level === draft.level} onChange={() => proposing.chooseLevel(level)} />
          {t(`levels.${level}`)}
        </label>
      ))}
    </div>
  );
}

function GoalsField(props: { readonly draft: Draft; readonly onChange: (goals: Draft["goals"]) => void }): JSX.Element {
  const { draft, onChange } = props;
  return (
    <fieldset>
      <legend>{t("propose.goals")}</legend>
      {GOALS.filter((goal) => draft.goals[goal] !== undefined).map((goal) => {
        const weight = draft.goals[goal] ?? 0;
        return (
          <label key={goal} class="goal" title={t(`goal.note.${goal}`)}>
            <span>
              {t(`goal.${goal}`)}
              {goal === "walking" && straightLine() && <small> {t("goal.straight")}</small>}
            </span>
            <input
              type="range"
              min={0}
              max={3}
              step={0.5}
              value={weight}
              aria-valuetext={weightText(weight)}
              onInput={(event) => onChange({ ...draft.goals, [goal]: Number(event.currentTarget.value) })}
            />
            <output>{weightText(weight)}</output>
          </label>
        );
      })}
    </fieldset>
  );
}

/** What a metre of border costs on each kind of line; a border on nothing costs 1. */
function BarriersField(props: { readonly draft: Draft; readonly onChange: (barriers: Draft["barriers"]) => void }): JSX.Element {
  const { draft, onChange } = props;
  return (
    <details class="barriers">
      <summary>{t("propose.barriers")}</summary>
      <p class="quiet">{t("propose.barriers.note")}</p>
      {(Object.keys(BARRIERS) as BarrierName[]).map((barrier) => {
        const cost = draft.barriers[barrier];
        return (
          <label key={barrier} class="goal">
            <span>{t(`barrier.${barrier}`)}</span>
            <input
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={cost}
              aria-valuetext={costText(cost)}
              onInput={(event) => onChange({ ...draft.barriers, [barrier]: Number(event.currentTarget.value) })}
            />
            <output>{costText(cost)}</output>
          </label>
        );
      })}
    </details>
  );
}

function costText(cost: number): string {
  return cost === 0 ? t("barrier.free") : decimal(cost, 2, language.value);
}

function weightText(weight: number): string {
  return weight === 0 ? t("goal.off") : `× ${decimal(weight, 1, language.value)}`;
}

/** Units that keep all their blocks: chosen on the map, one after the other. */
function KeepField(props: { readonly draft: Draft; readonly onChange: (keep: readonly number[]) => void }): JSX.Element | null {
  const { draft, onChange } = props;
  const chosen = state.selected.value;
  if (state.plan.value?.levels.includes(draft.level) !== true) return null;
  const can = chosen !== null && chosen.level === draft.level && !draft.keep.includes(Number(chosen.id));
  return (
    <fieldset>
      <legend>{t("propose.keep")}</legend>
      <ul class="chips">
        {draft.keep.map((id) => {
          const unit = state.planUnits.value.byId.get(String(id));
          const name = unit === undefined ? String(id) : named(unit);
          return (
            <li key={id}>
              <button type="button" class="button" aria-label={t("propose.release", { name })} onClick={() => onChange(draft.keep.filter((one) => one !== id))}>
                {name} ×
              </button>
            </li>
          );
        })}
      </ul>
      {can ? (
        <button type="button" class="button" onClick={() => onChange([...draft.keep, Number(chosen.id)])}>
          {t("propose.keep.add", { name: named(chosen) })}
        </button>
      ) : (
        <p class="quiet">{t("propose.keep.how", { level: t(`level.${draft.level}`) })}</p>
      )}
    </fieldset>
  );
}

interface LimitsProps {
  readonly label: string;
  readonly limits: readonly [string, string];
  readonly onChange: (limits: readonly [string, string]) => void;
}

function LimitsField({ label, limits: [low, high], onChange }: LimitsProps): JSX.Element {
  return (
    <div class="row" role="group" aria-label={label}>
      <span>{label}</span>
      <span class="limits">
        <NumberInput value={low} label={t("propose.low", { field: label })} onChange={(text) => onChange([text, high])} />
        <span aria-hidden="true">–</span>
        <NumberInput value={high} label={t("propose.high", { field: label })} onChange={(text) => onChange([low, text])} />
      </span>
    </div>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <label class="row">
      <span>{label}</span>
      {children}
    </label>
  );
}

interface NumberInputProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly label?: string;
  readonly placeholder?: string;
}

/** Not a number input: those hide what was typed where it is no number, and then nothing can be said about it. */
function NumberInput({ value, onChange, label, placeholder }: NumberInputProps): JSX.Element {
  return (
    <input
      type="text"
      inputMode="decimal"
      value={value}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(placeholder === undefined ? {} : { placeholder })}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}
