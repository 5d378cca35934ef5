/** Mine and theirs on the same blocks: shown on the map, and one of three ways out. Nothing is lost meanwhile. */

import type { JSX } from "preact";
import * as state from "../../state/state";
import { t } from "../../state/state";
import { conflict, fork, resolve, sentence } from "../state/sync";
import { editText } from "../state/words";
import { localTime } from "./History";

export function Conflict(): JSX.Element | null {
  const found = conflict.value;
  if (found === null) return null;
  const { pending, theirs } = found;
  const { blocks, into, unit, units } = pending.arguments;
  const about = [into ?? unit ?? units?.[0] ?? []].flat().flatMap((id) => state.planUnits.value.byId.get(id)?.name ?? []);
  const mine = { revision: 0, operation: pending.operation, label: { blocks: blocks?.length ?? 0, to: about }, actor: { id: "", name: "", role: "planner" as const }, at: pending.at, undoes: null };
  return (
    <section class="conflict" role="alertdialog" aria-label={t("edit.conflict")}>
      <h2>{t("edit.conflict")}</h2>
      <p>{t("edit.conflict_about")}</p>
      <p>
        <strong>{t("edit.mine")}</strong> {editText(mine)}
      </p>
      <ul>
        {theirs.map((edit) => (
          <li key={edit.revision}>
            <strong>{edit.actor.name}</strong> {editText(edit)} <span class="quiet">{localTime(edit.at)}</span>
          </li>
        ))}
      </ul>
      <div class="actions">
        <button class="button primary" onClick={() => resolve("mine")}>
          {t("edit.take_mine")}
        </button>
        <button class="button" onClick={() => resolve("theirs")}>
          {t("edit.take_theirs")}
        </button>
        <button class="button" onClick={() => void fork().catch((failure: unknown) => state.notify("error", sentence(failure)))}>
          {t("edit.fork")}
        </button>
      </div>
    </section>
  );
}
