/** Refusals, edits and units in words. */

import { known, type MessageKey } from "../../messages/translate";
import { count } from "../../model/numbers";
import type { Problem } from "../../state/client";
import * as state from "../../state/state";
import type { Pending } from "../model/ledger";
import { FRESH } from "../model/operations";
import type { EditSummary, Operation, Refusal } from "../model/types";
import { model } from "./session";

export function unitName(id: string): string {
  const unit = state.planUnits.peek().byId.get(id) ?? model.peek()?.row(id);
  if (unit === null || unit === undefined) return id.startsWith(FRESH) ? state.t("edit.new_unit") : id;
  return unit.name === "" ? state.t("edit.new_unit") : state.named(unit);
}

/** Why something is not done, with the names of the units it is about. */
export function refusalText({ key, units = [], pieces }: Refusal): string {
  const names = units.slice(0, 3).map(unitName).join(state.language.peek() === "en" ? ", " : "、");
  return state.t(known(`edit.refused.${key}`, "edit.refused.other"), { units: names, pieces: pieces ?? 2, key });
}

/** The server's refusal of an operation: its own sentence in English, the page's by its key in Chinese. */
export function problemText(problem: Problem, operation: Operation): string {
  const key: MessageKey = known(`edit.refused.${problem.key ?? ""}`, "edit.refused.other");
  if (state.language.peek() === "en" || key === "edit.refused.other") return problem.message;
  return refusalText(refusalOf(problem, operation));
}

/** The refusal with the units the server names, else those the operation is about. */
export function refusalOf({ key, said }: Problem, { arguments: given }: Operation): Refusal {
  const named = said["units"];
  const units = Array.isArray(named) ? named.map(String) : [given.unit, ...(given.units ?? [])].filter((id) => id !== undefined);
  return { key: key ?? "other", units };
}

/** The log tells of names in Chinese, and of the English ones there were; what older edits tell of is known as long as it is there. */
function inLanguage(name: string, english: unknown): string {
  if (state.language.value !== "en") return name;
  const then = typeof english === "object" && english !== null ? (english as Record<string, unknown>)[name] : undefined;
  if (typeof then === "string") return then;
  const unit = [...state.planUnits.peek().byId.values()].find((one) => one.name === name);
  return unit === undefined ? name : state.named(unit);
}

/** What an edit asks for that is not done yet: how many blocks a line cuts, only the platform knows. */
export function askedText({ operation, arguments: given, about: back }: Pending): string {
  if (operation === "cut") return state.t("edit.asked.cut");
  const { blocks, into, unit, units } = given;
  const about = [into ?? unit ?? units?.[0] ?? []].flat().map(unitName);
  const told = { blocks: count(blocks?.length ?? 0, state.language.value), unit: about[0] ?? state.t("edit.new_unit"), of: back?.revision ?? "–", operation };
  return state.t(known(`edit.did.${operation}`, "edit.did.other"), told).trim();
}

const MEANT: Readonly<Record<string, string>> = { split: "from", dissolve: "removed" };

/** What an edit of the history did: the units it names are those that came, took or changed; of a split the one that was split, and of what was dissolved that. */
export function editText(edit: EditSummary): string {
  const label = edit.label ?? {};
  const names = (member: string): readonly string[] => (Array.isArray(label[member]) ? (label[member] as readonly unknown[]).filter((one) => typeof one === "string") : []);
  const [made, to, changed, removed] = ["made", "to", "changed", "removed"].map(names);
  const meant = MEANT[edit.operation];
  const said = [meant === undefined ? [] : names(meant), made, to, changed, removed].find((some) => some !== undefined && some.length > 0) ?? [];
  const blocks = count(typeof label["blocks"] === "number" ? label["blocks"] : 0, state.language.value);
  const unit = said.slice(0, 3).map((name) => inLanguage(name, label["english"])).join(state.language.value === "en" ? ", " : "、");
  const text = state.t(known(`edit.did.${edit.operation}`, "edit.did.other"), { blocks, unit, operation: edit.operation, of: edit.undoes ?? "–" });
  return text.trim();
}
