/** On a plan that is not a draft: the drafts there are, and making one. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Plan } from "../../model/types";
import { choosePlan, refresh } from "../../state/load";
import { attempt, change } from "../../plans/state";
import * as state from "../../state/state";
import { named, t } from "../../state/state";

export function Drafts({ plan }: { readonly plan: Plan }): JSX.Element {
  const drafts = (state.plans.value ?? []).filter((one) => one.state === "draft");
  return (
    <section class="drafts">
      <p>{t("edit.not_draft", { plan: named(plan), state: t(`plan.state.${plan.state}`) })}</p>
      {plan.levels.length > 0 && <NewDraft plan={plan} />}
      <h2>{t("edit.drafts")}</h2>
      {drafts.length === 0 && <p class="quiet">{t("edit.no_drafts")}</p>}
      <ul class="unit-list">
        {drafts.map((draft) => (
          <li key={draft.id}>
            <button onClick={() => choosePlan(draft)}>
              <span class="name">{named(draft)}</span>
              <span class="quiet">{t("plan.revision", { n: draft.revision })}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewDraft({ plan }: { readonly plan: Plan }): JSX.Element {
  const [withCells, setCells] = useState(true);
  const [busy, setBusy] = useState(false);
  const lacksCells = !plan.levels.includes("cell");
  const make = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    setBusy(true);
    await attempt(async () => {
      const levels = lacksCells && withCells ? { levels: [...plan.levels, "cell"] } : {};
      const made = await change<{ readonly plan: number }>("/api/plans", { base: plan.id, name, ...levels });
      if (made === null) return;
      state.planId.value = String(made.plan);
      refresh();
    });
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void make(event)}>
      <label class="field">
        <span>{t("edit.draft_name")}</span>
        <input name="name" required defaultValue={t("edit.draft_of", { plan: named(plan) })} />
      </label>
      {lacksCells && (
        <label class="filter">
          <input type="checkbox" checked={withCells} onChange={(event) => setCells(event.currentTarget.checked)} />
          {t("edit.with_cells")}
        </label>
      )}
      <button class="button primary" disabled={busy}>
        {t("edit.make_draft")}
      </button>
    </form>
  );
}
