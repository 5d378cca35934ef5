/** The right panel of the editing view: the plan, then figures, the unit selected, or the history. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import * as state from "../../state/state";
import { t } from "../../state/state";
import { historyOpen } from "../state/history";
import { editable, open } from "../state/session";
import { Conflict } from "./Conflict";
import { Drafts } from "./Drafts";
import { History } from "./History";
import { PlanHead } from "./PlanHead";
import { Tallies } from "./Tallies";
import { UnitEditor } from "./UnitEditor";

const TABS = ["figures", "unit", "history"] as const;
const tab = signal<(typeof TABS)[number]>("figures");

export function EditPanel(): JSX.Element {
  const plan = state.plan.value;
  return (
    <aside class="inspector edit-panel" aria-label={t("view.edit")}>
      <PlanHead />
      <Conflict />
      {plan === null ? (
        <p class="quiet pad">{t(state.noPlan.value ? "edit.no_plan" : "loading")}</p>
      ) : (
        <>
          {plan.state !== "draft" && <Drafts plan={plan} />}
          {plan.levels.length > 0 && <Tabs />}
        </>
      )}
    </aside>
  );
}

function Tabs(): JSX.Element {
  const choose = (name: (typeof TABS)[number]): void => {
    tab.value = name;
    historyOpen.value = name === "history";
  };
  return (
    <>
      <div class="tabs" role="tablist">
        {TABS.map((name) => (
          <button key={name} role="tab" id={`tab-${name}`} aria-selected={tab.value === name} aria-controls="edit-tab" onClick={() => choose(name)}>
            {t(`edit.tab.${name}`)}
          </button>
        ))}
      </div>
      <div class="scroll" id="edit-tab" role="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {open.value === null ? <p class="quiet pad">{t("edit.loading_blocks")}</p> : tab.value === "figures" ? <Tallies /> : tab.value === "unit" ? <UnitEditor /> : <History />}
      </div>
      {!editable.value && open.value !== null && <p class="read-only">{t("edit.read_only")}</p>}
    </>
  );
}
