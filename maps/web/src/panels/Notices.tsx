/** What went wrong or was done, with the way to try again; errors stay until they are closed. */

import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import * as state from "../state/state";
import { t } from "../state/state";
import { Icon } from "./icons";

const DONE_MS = 5000;

export function Notices(): JSX.Element {
  return (
    <div class="notices" aria-live="polite">
      {state.notices.value.map((notice) => (
        <OneNotice key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function OneNotice({ notice }: { readonly notice: state.Notice }): JSX.Element {
  useEffect(() => {
    if (notice.kind !== "done" || notice.action !== null) return undefined;
    const timer = setTimeout(() => state.dismiss(notice.id), DONE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class={`notice ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
      <p>
        {notice.kind === "error" && <strong>{t("error.title")}. </strong>}
        {notice.text}
      </p>
      {notice.action !== null && (
        <button
          class="button"
          onClick={() => {
            state.dismiss(notice.id);
            notice.action?.run();
          }}
        >
          {t(notice.action.label)}
        </button>
      )}
      <button class="plain-button" aria-label={t("close")} onClick={() => state.dismiss(notice.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
