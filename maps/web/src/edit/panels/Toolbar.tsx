/** The tools with their keys, and what the tool in hand can be set to. */

import type { JSX } from "preact";
import { area, count } from "../../model/numbers";
import type { MessageKey } from "../../messages/translate";
import * as state from "../../state/state";
import { t } from "../../state/state";
import { lineLength, ringArea } from "../model/shapes";
import { awaiting, BRUSHES, brush_px, canUse, chosen, editable, foreseen, notYet, onlyCommunity, onlyUnassigned, refused, target, tool, TOOLS, unseen, type ToolName } from "../state/session";
import { TOOL_KEYS } from "../state/keys";
import { redo, undo } from "../state/sync";
import { refusalText, unitName } from "../state/words";
import { hand } from "../tools/hand";
import { drawing, measured } from "../tools/lines";
import { sketch } from "../tools/sketch";
import { ToolIcon } from "./icons";

export function Toolbar(): JSX.Element {
  return (
    <div class="edit-tools">
      <div class="tool-row" role="toolbar" aria-label={t("edit.tools")}>
        {TOOLS.map((name) => (
          <ToolButton key={name} name={name} />
        ))}
        <span class="tool-gap" />
        <Step name="undo" keys="Ctrl+Z" act={undo} />
        <Step name="redo" keys="Ctrl+Shift+Z" act={redo} />
      </div>
      <Options />
    </div>
  );
}

function ToolButton({ name }: { readonly name: ToolName }): JSX.Element {
  const label = t(`edit.tool.${name}`);
  return (
    <button
      class="tool"
      aria-pressed={tool.value === name}
      disabled={!canUse(name)}
      title={`${label} (${TOOL_KEYS[name]}) – ${t(`edit.tool.${name}.how`)}`}
      onClick={() => (tool.value = name)}
    >
      <ToolIcon name={name} />
      <span>{label}</span>
    </button>
  );
}

function Step({ name, keys, act }: { readonly name: "undo" | "redo"; readonly keys: string; readonly act: () => void }): JSX.Element {
  const label = t(`edit.${name}`);
  return (
    <button class="tool" disabled={!editable.value} title={`${label} (${keys})`} onClick={act}>
      <ToolIcon name={name} />
      <span>{label}</span>
    </button>
  );
}

/** One line that says what the tool waits for, and why the last stroke was not done. */
function Options(): JSX.Element | null {
  const name = tool.value;
  if (name === "select" && refused.value === null) return null;
  const paints = name === "brush" || name === "rectangle" || name === "lasso" || name === "new";
  return (
    <div class="tool-options">
      {(name === "brush" || name === "new") && <BrushSize />}
      {paints && <Filters />}
      <p class="tool-hint" role="status">
        <Hint name={name} />
        <SnapName />
      </p>
      <Confirm />
    </div>
  );
}

function Hint({ name }: { readonly name: ToolName }): JSX.Element {
  if (refused.value !== null) {
    return (
      <span class="refusal">
        <span aria-hidden="true">✕ </span>
        {refusalText(refused.value)}
      </span>
    );
  }
  if (name === "measure" && measured.value.length > 1) return <Measured />;
  if (awaiting.value && unseen.value) return <>{t("edit.line_unseen")}</>;
  if (awaiting.value && foreseen.value === null) return <>{t("edit.asking")}</>;
  if (foreseen.value !== null && name === "cut") return <>{t("edit.confirm_cut", { n: foreseen.value.pieces.length })}</>;
  if (foreseen.value !== null && (awaiting.value || drawing.value.length > 0)) return <>{t("edit.confirm_line")}</>;
  if (notYet.value) return <span class="quiet">{t("edit.line_not_yet")}</span>;
  if (name === "merge" && chosen.value.length > 0) return <>{t("edit.merge_into", { unit: unitName(chosen.value[0] ?? ""), n: chosen.value.length - 1 })}</>;
  const needsUnit = (name === "split" || name === "reshape") && target.value === null;
  const painting = (name === "brush" || name === "rectangle" || name === "lasso") && target.value !== null;
  if (painting) return <>{t("edit.paints_into", { unit: unitName(target.value ?? "") })}</>;
  return <>{t(needsUnit ? "edit.select_first" : (`edit.tool.${name}.how` satisfies MessageKey))}</>;
}

/** What the next point of the line would lie on. */
function SnapName(): JSX.Element | null {
  const snap = sketch.value?.snap ?? null;
  if (snap === null || awaiting.value) return null;
  return <span class="snap-name"> · {t(`edit.snap.${snap.kind}`, { name: snap.name ?? "" }).trim()}</span>;
}

function Measured(): JSX.Element {
  const said = state.language.value;
  const length = lineLength(measured.value);
  const text = length >= 1000 ? `${count(Math.round(length) / 1000, said)} km` : `${count(Math.round(length * 10) / 10, said)} m`;
  return (
    <strong class="value">
      {text}
      {measured.value.length > 2 && ` · ${area(ringArea(measured.value), said)}`}
    </strong>
  );
}

function BrushSize(): JSX.Element {
  return (
    <fieldset class="brush-size">
      <legend class="visually-hidden">{t("edit.brush_size")}</legend>
      {BRUSHES.map((radius) => (
        <label key={radius} title={`${t(radius === 0 ? "edit.brush_one" : "edit.brush_radius", { n: 2 * radius })} ([ ])`} class={radius === brush_px.value ? "chosen" : ""}>
          <input type="radio" name="brush" checked={radius === brush_px.value} onChange={() => (brush_px.value = radius)} />
          <span class="visually-hidden">{t(radius === 0 ? "edit.brush_one" : "edit.brush_radius", { n: 2 * radius })}</span>
          <span class="brush-dot" aria-hidden="true" style={{ width: `${5 + radius / 5}px`, height: `${5 + radius / 5}px` }} />
        </label>
      ))}
    </fieldset>
  );
}

function Filters(): JSX.Element {
  return (
    <>
      <label class="filter" title="F">
        <input type="checkbox" checked={onlyCommunity.value} onChange={(event) => (onlyCommunity.value = event.currentTarget.checked)} />
        {t("edit.only_community")}
      </label>
      <label class="filter" title="A">
        <input type="checkbox" checked={onlyUnassigned.value} onChange={(event) => (onlyUnassigned.value = event.currentTarget.checked)} />
        {t("edit.only_unassigned")}
      </label>
    </>
  );
}

/** Buttons for what Enter, Backspace and Escape do: a tablet has no keys. */
function Confirm(): JSX.Element | null {
  const line = drawing.value.length;
  const ready = awaiting.value ? foreseen.value !== null || unseen.value : tool.value === "merge" ? foreseen.value !== null : line > 1 && tool.value !== "measure";
  const busy = awaiting.value || line > 0 || chosen.value.length > 0;
  if (!busy) return null;
  return (
    <span class="confirm">
      {line > 1 && !awaiting.value && (
        <button class="button" title="Backspace" onClick={() => hand().backward()}>
          {t("edit.point_back")}
        </button>
      )}
      {tool.value !== "measure" && (
        <button class="button primary" title="Enter" disabled={!ready} onClick={() => hand().confirm()}>
          {t(awaiting.value || tool.value === "merge" ? "edit.do_it" : "edit.finish_line")}
        </button>
      )}
      <button class="button" title="Esc" onClick={() => hand().cancel()}>
        {t("cancel")}
      </button>
    </span>
  );
}
