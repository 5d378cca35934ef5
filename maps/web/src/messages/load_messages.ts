/** Fetches the words of one language: a page in Chinese does not carry the English ones along. */

import type { Language } from "../model/numbers";
import en from "./en.json?url";
import zh from "./zh-CN.json?url";
import { holdMessages, holds, type Messages } from "./translate";

const FILES: Readonly<Record<Language, string>> = { en, "zh-CN": zh };

export async function loadMessages(language: Language): Promise<void> {
  if (holds(language)) return;
  const answer = await fetch(FILES[language]);
  if (!answer.ok) throw new Error(`${FILES[language]}: ${answer.status}`);
  holdMessages(language, (await answer.json()) as Messages);
}
