/** The left rail: the views, then what opens beside the map. Further views join the first list. */

import type { JSX } from "preact";
import * as state from "../state/state";
import { t } from "../state/state";
import { PaperPanel } from "../print/PaperPanel";
import { ExportPanel } from "./ExportPanel";
import { isEditing } from "../edit";
import { EditKeys } from "../edit/panels/EditKeys";
import { Views } from "../edit/panels/Views";
import { Icon } from "./icons";
import { ImportPanel } from "./ImportPanel";
import { KeysPanel } from "./KeysPanel";
import { LayersPanel } from "./LayersPanel";

export function Rail(): JSX.Element {
  const open = state.popover.value;
  return (
    <nav class="rail" aria-label={t("view.views")}>
      <Views editing={isEditing} />
      <hr />
      {!state.noDistrict.value && <Opener name="layers" />}
      {!state.noPlan.value && !isEditing && (
        <button
          class="rail-item"
          aria-pressed={state.tableOpen.value}
          title={`${t("rail.table")} (T)`}
          onClick={() => (state.tableOpen.value = !state.tableOpen.value)}
        >
          <Icon name="table" />
          <span>{t("rail.table")}</span>
        </button>
      )}
      {!state.noPlan.value && !isEditing && (
        <button
          class="rail-item"
          aria-pressed={state.proposing.value}
          title={`${t("rail.propose")} (P)`}
          onClick={() => (state.proposing.value = !state.proposing.value)}
        >
          <Icon name="propose" />
          <span>{t("rail.propose")}</span>
        </button>
      )}
      {!state.noPlan.value && <Opener name="paper" />}
      {!state.noPlan.value && <Opener name="export" />}
      {!isEditing && <Opener name="import" />}
      <span class="stretch" />
      <Opener name="keys" />
      {open === "layers" && <LayersPanel />}
      {open === "paper" && <PaperPanel />}
      {open === "export" && <ExportPanel />}
      {open === "import" && <ImportPanel />}
      {open === "keys" && (isEditing ? <EditKeys /> : <KeysPanel />)}
    </nav>
  );
}

const KEY_OF = { layers: "L", paper: "M", export: "E", import: "I", keys: "?" } as const;

function Opener({ name }: { readonly name: keyof typeof KEY_OF }): JSX.Element {
  const open = state.popover.value === name;
  return (
    <button
      class="rail-item"
      aria-expanded={open}
      title={`${t(`rail.${name}`)} (${KEY_OF[name]})`}
      onClick={() => (state.popover.value = open ? null : name)}
    >
      <Icon name={name} />
      <span>{t(`rail.${name}`)}</span>
    </button>
  );
}
