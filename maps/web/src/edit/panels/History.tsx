/** Who did what when; any revision can be looked at and gone back to. */

import type { JSX } from "preact";
import { actor } from "../../state/actor";
import { localTime } from "../../state/local_time";
import { t } from "../../state/state";
import type { EditSummary } from "../model/types";
import { earlier, edits, loadEarlier, revertTo, view, viewed } from "../state/history";
import { editable } from "../state/session";
import { editText } from "../state/words";

export function History(): JSX.Element {
  if (edits.value.length === 0) return <p class="quiet pad">{t("edit.history_empty")}</p>;
  return (
    <div class="history">
      <ol>
        {edits.value.map((edit) => (
          <Entry key={edit.revision} edit={edit} />
        ))}
      </ol>
      {earlier.value !== null && (
        <button class="button" onClick={loadEarlier}>
          {t("edit.history_more")}
        </button>
      )}
    </div>
  );
}

function Entry({ edit }: { readonly edit: EditSummary }): JSX.Element {
  const mine = edit.actor.id === actor.value?.id;
  const shown = viewed.value?.edit.revision === edit.revision;
  const newest = edits.value[0]?.revision === edit.revision;
  return (
    <li class={`${edit.standing === false ? "undone" : ""} ${shown ? "shown" : ""}`}>
      <div>
        <p>{editText(edit)}</p>
        <p class="quiet small">
          {t("plan.revision", { n: edit.revision })} · {mine ? t("edit.me") : edit.actor.name} · <time dateTime={edit.at}>{localTime(edit.at)}</time>
        </p>
      </div>
      {!newest && (
        <span class="entry-actions">
          <button class="link" onClick={() => void (shown ? (viewed.value = null) : view(edit))}>
            {t(shown ? "edit.view_now" : "edit.view_then")}
          </button>
          {editable.value && (
            <button class="link" onClick={() => revertTo(edit)}>
              {t("edit.revert_to")}
            </button>
          )}
        </span>
      )}
    </li>
  );
}

/** Says over the map that an earlier revision is shown. */
export function Viewed(): JSX.Element | null {
  const shown = viewed.value;
  if (shown === null) return null;
  return (
    <div class="viewed" role="status">
      <span>{t("edit.viewing", { n: shown.edit.revision, time: localTime(shown.edit.at) })}</span>
      <button class="button" onClick={() => (viewed.value = null)}>
        {t("edit.view_now")}
      </button>
      {editable.value && (
        <button class="button" onClick={() => revertTo(shown.edit)}>
          {t("edit.revert_to")}
        </button>
      )}
    </div>
  );
}
