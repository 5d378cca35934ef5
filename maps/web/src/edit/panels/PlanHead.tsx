/** The head of the panel: which plan, whether everything is stored, who else is here, and whose streets are shown. */

import type { JSX } from "preact";
import { actor, askAgain } from "../../state/actor";
import { zoomTo } from "../../state/commands";
import * as state from "../../state/state";
import { named, t } from "../../state/state";
import { people, type Person } from "../state/live";
import { myStreets, onlyMine, toggleStreet } from "../state/scope";
import { conflict, connection, unsent } from "../state/sync";

export function PlanHead(): JSX.Element | null {
  const plan = state.plan.value;
  if (plan === null) return null;
  return (
    <header class="plan-head">
      <h1>{named(plan)}</h1>
      <p class="meta">
        <span class={`state ${plan.state}`}>{t(`plan.state.${plan.state}`)}</span>
        <span>{t("plan.revision", { n: plan.revision })}</span>
        <Stored />
      </p>
      <p class="people">
        <Me />
        {people.value.map((person) => (
          <Other key={person.actor.id} person={person} />
        ))}
      </p>
      <Streets />
    </header>
  );
}

/** Quiet as long as all is well. */
function Stored(): JSX.Element | null {
  if (connection.value === "lost") return <span class="stored lost">⚠ {t("edit.lost", { n: unsent.value })}</span>;
  if (state.plan.value?.state !== "draft") return null;
  if (conflict.value !== null) return <span class="stored">{t("edit.waits", { n: unsent.value })}</span>;
  return <span class="stored">{unsent.value > 0 ? t("edit.storing", { n: unsent.value }) : `✓ ${t("edit.stored")}`}</span>;
}

function Me(): JSX.Element | null {
  const me = actor.value;
  if (me === null) return null;
  return (
    <button class="person me" title={t("edit.change_me")} onClick={askAgain}>
      {me.name} · {t(`who.role.${me.role}`)} <span class="quiet">({t("edit.unverified")})</span>
    </button>
  );
}

function Other({ person }: { readonly person: Person }): JSX.Element {
  const { at, colour, actor: who, unit } = person;
  const where = state.planUnits.value.byId.get(unit ?? "");
  return (
    <button
      class="person"
      style={{ borderColor: colour }}
      disabled={at === null && where === undefined}
      title={where === undefined ? who.name : t("edit.works_in", { name: who.name, unit: named(where) })}
      onClick={() => {
        if (where !== undefined) zoomTo(where.bounds);
        else if (at !== null) zoomTo([at[0] - 300, at[1] - 300, at[0] + 300, at[1] + 300]);
      }}
    >
      <span class="person-dot" style={{ background: colour }} aria-hidden="true" />
      {who.name}
    </button>
  );
}

function Streets(): JSX.Element | null {
  const top = state.plan.value?.levels[0];
  const streets = top === undefined ? [] : (state.planUnits.value.byLevel.get(top) ?? []);
  if (streets.length < 2) return null;
  return (
    <details class="streets">
      <summary>
        <label title="Y">
          <input type="checkbox" checked={onlyMine.value} disabled={myStreets.value.size === 0} onChange={(event) => (onlyMine.value = event.currentTarget.checked)} />
          {t("edit.only_mine")}
        </label>
        <span class="quiet">{myStreets.value.size === 0 ? t("edit.choose_streets") : `${myStreets.value.size} / ${streets.length}`}</span>
      </summary>
      <ul>
        {streets.map((street) => (
          <li key={street.id}>
            <label>
              <input type="checkbox" checked={myStreets.value.has(street.id)} onChange={() => toggleStreet(street.id)} />
              {named(street)}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
