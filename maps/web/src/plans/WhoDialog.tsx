/** Asks once who acts: a name and a role, unverified until there are accounts. */

import { useEffect, useRef } from "preact/hooks";
import type { JSX } from "preact";
import { actor, answerWho, asking, leaveWho, ROLES, type Role } from "../state/actor";
import { t } from "../state/state";

export function WhoDialog(): JSX.Element | null {
  return asking.value ? <Question /> : null;
}

function Question(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const known = actor.peek();
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const name = String(given.get("name") ?? "").trim();
    const role = ROLES.find((one) => one === given.get("role"));
    if (name !== "" && role !== undefined) answerWho(name, role);
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="who-title" onCancel={leaveWho} onKeyDown={(event) => event.stopPropagation()}>
      <form onSubmit={submit}>
        <h2 id="who-title">{t("who.title")}</h2>
        <p class="quiet">{t("who.why")}</p>
        <label class="field">
          <span>{t("who.name")}</span>
          <input name="name" required maxLength={80} autofocus autocomplete="name" defaultValue={known?.name ?? ""} />
        </label>
        <label class="field">
          <span>{t("who.role")}</span>
          <select name="role" defaultValue={known?.role ?? ("planner" satisfies Role)}>
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`who.role.${role}`)}
              </option>
            ))}
          </select>
        </label>
        <p class="quiet small">{t("who.unverified")}</p>
        <div class="actions">
          <button class="button primary">{t("who.go_on")}</button>
          <button type="button" class="button" onClick={leaveWho}>
            {t("cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
