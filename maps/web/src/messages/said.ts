/** Sentences the server says: it sends a key and values, and the page says them in its own languages. */

import { count, type Language } from "../model/numbers";
import { isKnown, translate } from "./translate";

export type SaidValue = string | number | Said | readonly (string | Said)[];

/** A sentence in English, with its key and what stands for its `{names}` where it has one. */
export interface Said {
  readonly text: string;
  readonly key?: string;
  readonly values?: Readonly<Record<string, SaidValue>>;
}

/** Finds the other name of a thing that the server calls by its Chinese one. */
export type Namer = (name: string) => string;

/** Values that are words of the page, by the name they stand for. */
const WORDS: Readonly<Record<string, (word: string) => string>> = {
  level: (word) => `level.${word}`,
  levels: (word) => `level.${word}`,
  head_levels: (word) => `level.${word}`,
  other_level: (word) => `level.${word}`,
  shape: (word) => `shape.${word}`,
  shapes: (word) => `shape.${word}`,
  known: (word) => `type.${word}`,
  barrier: (word) => `border.kind.${word}`,
  measures: (word) => `measure.${word}`,
  state: (word) => `plan.state.${word}`,
  wanted_state: (word) => `plan.state.${word}`,
  step: (word) => (word === "adopt" || word === "update" ? `plans.task.${word}` : `plans.${word}`),
  layer: (word) => `import.layer.${word}`,
  refusal: (word) => `edit.refused.${word}`,
  measure: (word) => (word === "cells" ? "measure.children.community" : `measure.${word}`),
};

export function saidText(language: Language, said: Said, named: Namer = (name) => name): string {
  const key = `said.${said.key ?? ""}`;
  if (!isKnown(key)) return said.text;
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(said.values ?? {})) parameters[name] = valueText(language, name, value, named);
  return translate(language, key, parameters);
}

function valueText(language: Language, name: string, value: SaidValue, named: Namer): string {
  if (typeof value === "number") return count(value, language);
  if (typeof value === "string") return wordText(language, name, value, named);
  if (isList(value)) return value.map((one) => valueText(language, name, one, named)).join(language === "en" ? ", " : "、");
  return saidText(language, value, named);
}

function isList(value: SaidValue): value is readonly (string | Said)[] {
  return Array.isArray(value);
}

function wordText(language: Language, name: string, value: string, named: Namer): string {
  const key = WORDS[name]?.(value) ?? "";
  return isKnown(key) ? inSentence(translate(language, key)) : named(value);
}

/** A word of a heading or a table as it stands inside a sentence; names such as QGIS keep their letters. */
function inSentence(word: string): string {
  return /^[A-Z][a-z]/.test(word) ? word.charAt(0).toLocaleLowerCase() + word.slice(1) : word;
}
