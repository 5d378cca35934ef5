/** Adoption: what stands in the way, a written reason where a rule is broken, and a confirmation in words. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { FindingText } from "../panels/Inspector";
import { count } from "../model/numbers";
import type { Plan } from "../model/types";
import { isKnown } from "../messages/translate";
import { marked, showPlace, zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { adopt, attempt, readiness, type Adoption, type Hindrance } from "./state";

const FIELDS = ["authority", "number", "date", "in_force_from"] as const;

export function AdoptTask(): JSX.Element | null {
  const plan = state.plan.value;
  const [found, setFound] = useState<readonly Hindrance[] | null>(null);
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const [asked, setAsked] = useState<Adoption | null>(null);
  const revision = plan?.revision;
  useEffect(() => {
    if (plan !== null) void attempt(async () => setFound(await readiness(plan)));
  }, [plan?.id, revision]);
  useEffect(() => () => void (marked.value = null), []);
  if (plan === null) return null;
  if (found === null) return <Checking words={t("adopt.checking")} />;
  const broken = found.filter(needsReason);
  const hard = found.filter((one) => !needsReason(one));
  const units = [...new Set(broken.map((one) => String(one.unit)))];
  const unexplained = units.filter((unit) => (reasons[unit] ?? "").trim() === "").length;
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const [authority, number, date, in_force_from] = FIELDS.map((name) => String(given.get(name) ?? "").trim()) as [string, string, string, string];
    const told = Object.fromEntries(units.map((unit) => [unit, (reasons[unit] ?? "").trim()]));
    setAsked({ authority, number, date, in_force_from, reasons: told });
  };
  return (
    <>
      {hard.length === 0 && broken.length === 0 && <p class="all-right">✓ {t("adopt.ready")}</p>}
      {hard.length > 0 && <Hindrances found={hard} />}
      <form onSubmit={submit}>
        {units.length > 0 && (
          <section>
            <h2>{t("adopt.reasons")} <span class="tally">{count(units.length, language.value)}</span></h2>
            <p class="quiet">{t("adopt.reasons.why")}</p>
            {units.map((unit) => (
              <Reason key={unit} unit={unit} found={broken.filter((one) => String(one.unit) === unit)} value={reasons[unit] ?? ""} set={(text) => setReasons({ ...reasons, [unit]: text })} />
            ))}
          </section>
        )}
        <section>
          <h2>{t("adopt.approval")}</h2>
          {FIELDS.map((name) => (
            <label key={name} class="field">
              <span>{t(`adopt.${name}`)}</span>
              <input name={name} required type={name === "authority" || name === "number" ? "text" : "date"} maxLength={200} />
            </label>
          ))}
        </section>
        <div class="actions sticky">
          <button class="button primary" disabled={hard.length > 0 || unexplained > 0}>{t("adopt.go_on")}</button>
          {hard.length > 0 ? <span class="quiet">{t("adopt.blocked", { n: hard.length })}</span> : unexplained > 0 && <span class="quiet">{t("adopt.unexplained", { n: unexplained })}</span>}
        </div>
      </form>
      {asked !== null && <Confirm plan={plan} asked={asked} leave={() => setAsked(null)} />}
    </>
  );
}

/** What is being done, once it takes longer than a glance. */
function Checking({ words }: { readonly words: string }): JSX.Element {
  return (
    <p class="quiet small late checking" role="status">
      <progress aria-label={words} /> {words}
    </p>
  );
}

function needsReason(one: Hindrance): boolean {
  return one.needs_reason && one.unit !== null;
}

function Hindrances({ found }: { readonly found: readonly Hindrance[] }): JSX.Element {
  return (
    <section class="told proven">
      <h2>{t("adopt.hindrances")} <span class="tally">{count(found.length, language.value)}</span></h2>
      <ul>
        {found.map((one, k) => (
          <li key={k}>
            {one.bounds === null ? (
              <p>{sentence(one)}</p>
            ) : (
              <button class="link" title={t("propose.fly")} aria-pressed={marked.value === one.bounds} onClick={() => one.bounds !== null && showPlace(one.bounds)}>
                {sentence(one)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What kind of thing it is, where its own words do not say everything, and what is wrong. */
function sentence(one: Hindrance): string {
  const kind = `adopt.kind.${one.kind}`;
  return isKnown(kind) ? `${t(kind)}${language.value === "en" ? ": " : "："}${state.saying(one.said)}` : state.saying(one.said);
}

interface ReasonProps {
  readonly unit: string;
  readonly found: readonly Hindrance[];
  readonly value: string;
  readonly set: (text: string) => void;
}

function Reason({ unit, found, value, set }: ReasonProps): JSX.Element {
  const known = state.planUnits.value.byId.get(unit);
  const bounds = known?.bounds ?? found[0]?.bounds ?? null;
  return (
    <div class="reason">
      <button class="link" onClick={() => bounds !== null && zoomTo(bounds)} type="button">
        {known === undefined ? `#${unit}` : named(known)}
      </button>
      {known !== undefined && known.findings.length > 0 ? known.findings.map((one) => <p key={one.rule}><FindingText finding={one} /></p>) : found.map((one, k) => <p key={k}>{state.saying(one.said)}</p>)}
      <textarea rows={2} required maxLength={2000} aria-label={t("adopt.reason", { unit: known === undefined ? unit : named(known) })} placeholder={t("adopt.reason.short")} value={value} onInput={(event) => set(event.currentTarget.value)} />
    </div>
  );
}

interface ConfirmProps {
  readonly plan: Plan;
  readonly asked: Adoption;
  readonly leave: () => void;
}

/** What cannot be undone is confirmed by writing the plan's name. */
function Confirm({ plan, asked, leave }: ConfirmProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const now = (state.plans.value ?? []).find((one) => one.in_force);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await attempt(() => adopt(plan, asked));
    setBusy(false);
    leave();
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="adopt-title" onCancel={leave} onKeyDown={(event) => event.stopPropagation()}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="adopt-title">{t("adopt.confirm.title", { plan: named(plan) })}</h2>
        <p>{t("adopt.confirm.what", { authority: asked.authority, number: asked.number, from: asked.in_force_from })}</p>
        {now !== undefined && <p>{t("adopt.confirm.ends", { plan: named(now), from: asked.in_force_from })}</p>}
        <p><strong>{t("adopt.confirm.final")}</strong></p>
        <label class="field">
          <span>{t("adopt.confirm.type", { plan: plan.name })}</span>
          <input autofocus value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
        <div class="actions">
          <button class="button primary" disabled={busy || typed.trim() !== plan.name}>{t("adopt.confirm.do")}</button>
          <button type="button" class="button" disabled={busy} onClick={leave}>{t("cancel")}</button>
        </div>
        {busy && <Checking words={t("adopt.working")} />}
      </form>
    </dialog>
  );
}
