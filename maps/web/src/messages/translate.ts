/** Words in both languages. The two JSON files have the same keys; a test holds that. */

import type { Language } from "../model/numbers";
import type en from "./en.json";

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;

/** Words that have come: only those of the language in use are fetched. */
const held = new Map<Language, Messages>();

export function holdMessages(language: Language, messages: Messages): void {
  held.set(language, messages);
}

export function holds(language: Language): boolean {
  return held.has(language);
}

const PARAMETER = /\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

export type Parameters = Readonly<Record<string, string | number>>;

/**
 * The message with its `{names}` filled in, `{n:unit breaks|units break}` by whether it is of one or of several;
 * a missing parameter is a programming error and throws.
 */
export function translate(language: Language, key: MessageKey, parameters: Parameters = {}): string {
  const words = held.get(language);
  if (words === undefined) throw new Error(`the words of ${language} have not come yet`);
  return words[key].replace(PARAMETER, (_, name: string, one?: string, several?: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`message "${key}" needs the parameter "${name}"`);
    return (String(value) === "1" ? one : several) ?? String(value);
  });
}

/** The key when it exists, else the fallback: for words that come from the server, such as rules and measures. */
export function known(key: string, fallback: MessageKey): MessageKey {
  return isKnown(key) ? key : fallback;
}

export function isKnown(key: string): key is MessageKey {
  return [...held.values()].some((words) => key in words);
}

/** A thing's name in the language chosen; the Chinese name stands in where there is no English one. */
export function nameIn(language: Language, thing: { readonly name: string; readonly name_en?: string | null }): string {
  return language === "en" && thing.name_en ? thing.name_en : thing.name;
}

/** English community names are long, and 社区 is short; "Street" stays, since roads have names too. */
const REPEATED: Readonly<Record<string, RegExp>> = { cell: /(?:网格| (?:Grid )?Cell)$/, community: / Community$/ };

/** The name on the map, without the word for its level: at the level in work every name would repeat it. */
export function shortName(thing: { readonly name: string; readonly name_en?: string | null; readonly level: string }, language: Language): string {
  const name = nameIn(language, thing);
  const short = name.replace(REPEATED[thing.level] ?? /$^/, "");
  return short === "" ? name : short;
}

/** Longer names than this stand in two lines, where they have a space to break at. */
const LINE_LETTERS = 11;

/** A name as the lines of a label, broken at the space nearest to its middle. */
export function labelLines(name: string): readonly string[] {
  const spaces = [...name.matchAll(/ /g)].map((match) => match.index);
  if (name.length <= LINE_LETTERS || spaces.length === 0) return [name];
  const middle = name.length / 2;
  const at = spaces.reduce((best, one) => (Math.abs(one - middle) < Math.abs(best - middle) ? one : best));
  return [name.slice(0, at), name.slice(at + 1)];
}

export function preferredLanguage(offered: readonly string[]): Language {
  const first = offered.find((tag) => /^(zh|en)\b/i.test(tag));
  return first !== undefined && /^en\b/i.test(first) ? "en" : "zh-CN";
}
