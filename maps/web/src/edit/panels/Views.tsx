/** The views of the platform in the rail; each is a page of its own and keeps district, plan and place. */

import type { JSX } from "preact";
import { Icon } from "../../panels/icons";
import * as state from "../../state/state";
import { t } from "../../state/state";
import { ToolIcon } from "./icons";

export function Views({ editing }: { readonly editing: boolean }): JSX.Element {
  return (
    <>
      <a class={`rail-item ${editing ? "" : "current"}`} href="/" aria-current={editing ? undefined : "page"} onClick={(event) => go(event, "/", editing)}>
        <Icon name="overview" />
        <span>{t("view.lead")}</span>
      </a>
      {(editing || !state.noPlan.value) && (
        <a class={`rail-item ${editing ? "current" : ""}`} href="/edit" aria-current={editing ? "page" : undefined} onClick={(event) => go(event, "/edit", !editing)}>
          <ToolIcon name="reshape" />
          <span>{t("view.edit")}</span>
        </a>
      )}
    </>
  );
}

function go(event: MouseEvent, path: string, elsewhere: boolean): void {
  // A new tab, where one was asked for, takes the address as it is.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (elsewhere) window.location.assign(`${path}${window.location.search}`);
}
