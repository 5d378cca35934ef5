/** Keys of the editing view: a letter for each tool, undo and redo, and the way out. */

import * as state from "../../state/state";
import { focusMap, onCrosshairKey } from "../tools/crosshair";
import { hand } from "../tools/hand";
import { holdSpace } from "../map/edit_map";
import { nextProblem } from "./problems";
import { BRUSHES, brush_px, canUse, onlyCommunity, onlyUnassigned, refused, tool, type ToolName } from "./session";
import { onlyMine } from "./scope";
import { redo, undo } from "./sync";

export const TOOL_KEYS: Readonly<Record<ToolName, string>> = {
  select: "V", brush: "B", rectangle: "R", lasso: "O", border: "D", new: "N", split: "S", reshape: "H", cut: "C", merge: "M", measure: "G",
};

/** Before the page's own keys; what is acted on here goes no further. */
export function onEditKey(event: KeyboardEvent): void {
  if (event.type === "keydown" && !event.defaultPrevented && onCrosshairKey(event)) {
    take(event);
    return;
  }
  if (event.type === "keyup" || event.key === " ") {
    if (event.key === " " && !isTyping(event) && !(event.target instanceof HTMLButtonElement)) holdSpace(event.type === "keydown");
    return;
  }
  if (event.defaultPrevented || isTyping(event)) return;
  const done = event.ctrlKey || event.metaKey ? onCommand(event) : !event.altKey && onPlain(event);
  if (done) take(event);
}

function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isTyping({ target }: Event): boolean {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "range", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof Element && target.closest("dialog") !== null);
}

function onCommand(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) undo();
  else if ((key === "z" && event.shiftKey) || key === "y") redo();
  else return false;
  return true;
}

function onPlain(event: KeyboardEvent): boolean {
  if (event.key === "Escape") return escape();
  if (event.key === "Enter") return !(event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement) && hand().confirm();
  if (event.key === "Backspace") return hand().backward();
  const letter = event.key.toUpperCase();
  const name = (Object.keys(TOOL_KEYS) as ToolName[]).find((one) => TOOL_KEYS[one] === letter);
  if (name !== undefined) {
    if (canUse(name)) {
      tool.value = name;
      focusMap();
    }
    return true;
  }
  const act = ACTIONS[letter];
  act?.();
  // The page's panels for proposals, imports and its own table are not part of this view.
  return act !== undefined || ["P", "I", "T"].includes(letter);
}

const ACTIONS: Readonly<Record<string, () => void>> = {
  "[": () => resize(-1),
  "]": () => resize(1),
  F: () => (onlyCommunity.value = !onlyCommunity.peek()),
  A: () => (onlyUnassigned.value = !onlyUnassigned.peek()),
  X: () => nextProblem(),
  Y: () => (onlyMine.value = !onlyMine.peek()),
};

function resize(by: 1 | -1): void {
  const at = BRUSHES.findIndex((radius) => radius === brush_px.peek());
  brush_px.value = BRUSHES[Math.max(0, Math.min(BRUSHES.length - 1, at + by))] ?? 0;
}

/** First the stroke in hand, then the tool, then why an edit was not done, then what the page itself closes. */
function escape(): boolean {
  if (hand().cancel()) return true;
  if (state.popover.peek() !== null) return false;
  if (tool.peek() !== "select") {
    tool.value = "select";
    return true;
  }
  const told = refused.peek() !== null;
  refused.value = null;
  return told;
}
