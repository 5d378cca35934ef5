/** The editing view, `/edit`: what the frame shows in place of map and inspector, and what runs behind it. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { whoActs } from "../state/actor";
import * as state from "../state/state";
import { EditPane } from "./panels/EditPane";
import { EditPanel } from "./panels/EditPanel";
import { startCompounds } from "./state/compounds";
import { startHistory } from "./state/history";
import { onEditKey } from "./state/keys";
import { startListening } from "./state/live";
import { startScope } from "./state/scope";
import { startEditing } from "./state/sync";
import { startAsking } from "./tools/asked";
import { startCrosshair } from "./tools/crosshair";
import { startTools } from "./tools/hand";

/** Each view is a page of its own, so that a link to it is just a link. */
export const isEditing = window.location.pathname.replace(/\/$/, "") === "/edit";

export function startEditView(): void {
  startScope();
  startEditing();
  startTools();
  startAsking();
  startCrosshair();
  startListening();
  startHistory();
  startCompounds();
  for (const kind of ["keydown", "keyup"] as const) document.addEventListener(kind, onEditKey, { capture: true });
  // Comparing, reviewing and adopting plans are done on the overview.
  effect(() => {
    if (state.planTask.value !== null) window.location.assign(`/${window.location.search}`);
  });
  void whoActs();
}

export function EditView(): JSX.Element {
  return (
    <>
      <EditPane />
      <EditPanel />
    </>
  );
}
