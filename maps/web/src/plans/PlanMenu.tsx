/** The plan menu of the top bar: which plan is open, all others by state and date, and what can be done with it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { Icon } from "../panels/icons";
import { day } from "../model/numbers";
import type { Plan } from "../model/types";
import { actor, askAgain } from "../state/actor";
import { approval } from "../print/legend";
import { choosePlan } from "../state/load";
import * as state from "../state/state";
import { named, t } from "../state/state";
import { branchName, grouped, groupOf, inForceOn, newerBase, type Group } from "./model";
import { attempt, branch, open, rename, renewPlans, step, type Step, type Task } from "./state";

export function PlanMenu(): JSX.Element | null {
  const plan = state.plan.value;
  const opener = useRef<HTMLButtonElement>(null);
  const shown = state.popover.value === "plans";
  if (plan === null) return null;
  return (
    <div class="plan-choice">
      <button
        class="plan-opener"
        ref={opener}
        aria-expanded={shown}
        aria-haspopup="dialog"
        onClick={() => (state.popover.value = shown ? null : "plans")}
      >
        <span class="visually-hidden">{t("plan.choose")} </span>
        <span class="name">{named(plan)}</span> <Chip plan={plan} />{" "}
        <span class="quiet revision">{t("plan.revision", { n: plan.revision })}</span>
        <Icon name="fold" />
      </button>
      {shown && <Menu plan={plan} back={() => opener.current?.focus()} />}
    </div>
  );
}

function Chip({ plan }: { readonly plan: Plan }): JSX.Element {
  const group = groupOf(plan);
  return <span class={`state ${group === "in_force" ? "in-force" : group}`}>{t(`plans.group.${group}`)}</span>;
}

function Menu({ plan, back }: { readonly plan: Plan; readonly back: () => void }): JSX.Element {
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    menu.current?.focus();
    void attempt(renewPlans);
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && menu.current?.parentElement?.contains(event.target) === false) state.popover.value = null;
    };
    document.addEventListener("pointerdown", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      if (menu.current?.contains(document.activeElement) === true) back();
    };
  }, [back]);
  useLayoutEffect(() => {
    // With large text the menu is wider than what is left of the window beside the name.
    const over = (menu.current?.getBoundingClientRect().right ?? 0) - document.documentElement.clientWidth + 8;
    if (over > 0) menu.current?.style.setProperty("left", `${-over}px`);
  }, []);
  return (
    <section class="plan-menu" role="dialog" aria-label={t("plans.title")} tabIndex={-1} ref={menu}>
      <Deeds key={plan.id} plan={plan} />
      <AsOf />
      {[...grouped(state.plans.value ?? [])].map(([group, plans]) => (
        <Section key={group} group={group} plans={plans} />
      ))}
      <footer class="quiet">
        {actor.value !== null && t("who.acts", { name: actor.value.name, role: t(`who.role.${actor.value.role}`) })}{" "}
        <button class="link" onClick={askAgain}>
          {t(actor.value === null ? "who.say" : "who.change")}
        </button>
      </footer>
    </section>
  );
}

function Section({ group, plans }: { readonly group: Group; readonly plans: readonly Plan[] }): JSX.Element {
  const rows = plans.map((plan) => <Row key={plan.id} plan={plan} />);
  if (group !== "archived") {
    return (
      <section>
        <h2>{t(`plans.group.${group}`)}</h2>
        <ul>{rows}</ul>
      </section>
    );
  }
  return (
    <details>
      <summary>
        {t("plans.group.archived")} <span class="tally">{plans.length}</span>
      </summary>
      <ul>{rows}</ul>
    </details>
  );
}

function Row({ plan }: { readonly plan: Plan }): JSX.Element {
  const current = String(plan.id) === state.planId.value;
  const district = state.district.value;
  const approved = district === null ? [] : approval(plan, district);
  const about = approved.length > 0 ? approved : [plan.created_by ?? ""];
  return (
    <li>
      <button
        aria-current={current ? "true" : undefined}
        onClick={() => {
          choosePlan(plan);
          state.popover.value = null;
        }}
      >
        <span class="name">
          <span class="tick" aria-hidden="true">{current ? "✓" : ""}</span>
          {named(plan)}
        </span>
        <span class="number quiet">{lasting(plan)}</span>
        <span class="about quiet">
          {about.join(" · ")}
          {newerBase(plan, state.plans.value ?? []) !== null && <span class="stale">{t("plans.base_old")}</span>}
        </span>
        <span class="number quiet">{t("plan.revision", { n: plan.revision })}</span>
      </button>
    </li>
  );
}

function lasting({ in_force_from: from, in_force_to: to, created_at }: Plan): string {
  if (from === null) return day(created_at);
  return to === null ? t("plan.from", { from: day(from) }) : t("plan.from_to", { from: day(from), to: day(to) });
}

/** The plan in force on a date: what a unit was called and where it lay then. */
function AsOf(): JSX.Element {
  const [none, setNone] = useState<string | null>(null);
  const choose = (value: string): void => {
    if (value === "") return setNone(null);
    const found = inForceOn(state.plans.value ?? [], value);
    if (found === null) setNone(value);
    else {
      setNone(null);
      choosePlan(found);
    }
  };
  return (
    <p class="as-of">
      <label>
        {t("plans.as_of")} <input type="date" onChange={(event) => choose(event.currentTarget.value)} />
      </label>
      {none !== null && <span role="status">{t("plans.as_of.none", { date: none })}</span>}
    </p>
  );
}

interface Deed {
  readonly label: string;
  readonly run: () => unknown;
  readonly primary?: boolean;
}

/** What can be done with the open plan in its state. */
function Deeds({ plan }: { readonly plan: Plan }): JSX.Element {
  const [naming, setNaming] = useState<"branch" | "rename" | null>(null);
  const plans = state.plans.value ?? [];
  const task = (name: Task): Deed => ({ label: t(`plans.task.${name}`), run: () => open(name) });
  const doing = (name: Step): Deed => ({ label: t(`plans.${name}`), run: () => attempt(() => step(plan, name)) });
  const deeds: Deed[] = [{ label: t("plans.branch"), run: () => setNaming("branch"), primary: groupOf(plan) === "in_force" }];
  if (plans.length > 1) deeds.push(task("compare"));
  if (plan.state === "draft" && newerBase(plan, plans) !== null) deeds.push({ ...task("update"), primary: true });
  if (plan.state === "draft") deeds.push({ label: t("plans.rename"), run: () => setNaming("rename") });
  if (plan.state === "draft" || plan.state === "submitted") deeds.push(task("review"));
  if (plan.state === "draft") deeds.push(doing("submit"), doing("archive"));
  if (plan.state === "submitted") deeds.push({ ...task("adopt"), primary: true }, doing("withdraw"));
  if (plan.state === "archived") deeds.push(doing("restore"));
  if (naming !== null) return <Naming plan={plan} what={naming} leave={() => setNaming(null)} />;
  return (
    <div class="deeds">
      {deeds.map(({ label, run, primary }) => (
        <button key={label} class={`button ${primary === true ? "primary" : ""}`} onClick={() => void run()}>
          {label}
        </button>
      ))}
    </div>
  );
}

interface NamingProps {
  readonly plan: Plan;
  readonly what: "branch" | "rename";
  readonly leave: () => void;
}

function Naming({ plan, what, leave }: NamingProps): JSX.Element {
  const offered = what === "rename" ? plan.name : branchName(plan, state.plans.value ?? [], t("plans.revised"));
  const [name, setName] = useState(offered);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const done = await attempt(() => (what === "branch" ? branch : rename)(plan, name.trim()));
    setBusy(false);
    if (done) leave();
  };
  return (
    <form class="naming" onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{t(what === "branch" ? "plans.branch.name" : "plans.rename.name")}</span>
        <input autofocus required maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      {what === "branch" && <p class="quiet small">{t("plans.branch.about", { plan: named(plan) })}</p>}
      <div class="actions">
        <button class="button primary" disabled={busy || name.trim() === ""}>
          {t(`plans.${what}`)}
        </button>
        <button type="button" class="button" onClick={leave}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
