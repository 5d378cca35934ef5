/** The frame: rail left, plan and search on top, inspector right, scale and coordinates below. */

import { useEffect, useRef } from "preact/hooks";
import type { JSX } from "preact";
import { room, watchRoom } from "../state/room";
import * as state from "../state/state";
import { t } from "../state/state";
import { EditView, isEditing } from "../edit";
import { Inspector } from "./Inspector";
import { MAP_ID, MapPane } from "./MapPane";
import { comparison, matrixOpen } from "../plans/comparing";
import { Matrix } from "../plans/Matrix";
import { PlanTask } from "../plans/PlanTask";
import { taskName } from "../plans/state";
import { SheetsView } from "../print/SheetsView";
import { WhoDialog } from "../plans/WhoDialog";
import { Notices } from "./Notices";
import { ProposePanel } from "./ProposePanel";
import { Rail } from "./Rail";
import { StatusBar } from "./StatusBar";
import { TopBar } from "./TopBar";
import { UnitTable } from "./UnitTable";

export function App(): JSX.Element {
  useTitle();
  const [frame, letter] = [useRef<HTMLDivElement>(null), useRef<HTMLSpanElement>(null)];
  useEffect(() => (frame.current === null || letter.current === null ? undefined : watchRoom(frame.current, letter.current)), []);
  const matrix = matrixOpen.value && comparison.value !== null && taskName.value !== null;
  return (
    <div ref={frame} class={`frame ${room.value.map((name) => `room-${name}`).join(" ")} ${matrix || (state.tableOpen.value && state.plan.value !== null) ? "with-table" : ""}`}>
      <span class="letter" ref={letter} aria-hidden="true" />
      <a class="skip" href={`#${MAP_ID}`}>
        {t("app.skip")}
      </a>
      <TopBar />
      <Rail />
      {isEditing ? <EditView /> : <MapPane />}
      {matrix ? <Matrix /> : !isEditing && state.tableOpen.value && <UnitTable />}
      {isEditing ? null : taskName.value !== null ? <PlanTask /> : state.proposing.value ? <ProposePanel /> : <Inspector />}
      <StatusBar />
      <Notices />
      <WhoDialog />
      <SheetsView />
    </div>
  );
}

function useTitle(): void {
  const parts = [state.selected.value, state.plan.value, state.district.value].filter((one) => one !== null);
  const title = [...parts.map(state.named), t("app.name")].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
