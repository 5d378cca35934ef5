/** A unit's border in words: which way it faces, along what, from where to where, how long, and who is beyond. */

import { known, nameIn, translate, type MessageKey, type Parameters } from "../messages/translate";
import { count, type Language } from "../model/numbers";

interface Named {
  readonly name: string | null;
  readonly name_en: string | null;
}

export interface BorderRun extends Named {
  readonly facing: string;
  readonly length_m: number;
  readonly neighbour: number | null;
  /** Class of a road, kind of a water, "wall", or null where nothing runs along. */
  readonly kind: string | null;
  readonly from: Named | null;
  readonly to: Named | null;
}

export interface Neighbour {
  readonly id: number;
  readonly name: string;
  readonly name_en: string | null;
  readonly code: string | null;
  readonly facing: string;
  readonly border_m: number;
}

/** `North: along North Huaihai Road (arterial) from Beijing Road to Changzheng Road, 412 m` */
export function borderSentence(run: BorderRun, language: Language): string {
  const say = (key: MessageKey, parameters?: Parameters): string => translate(language, key, parameters);
  return say("border.run", {
    facing: facingWord(run.facing, language),
    along: along(run, language) + ends(run, language),
    length: count(Math.round(run.length_m), language),
  });
}

export function facingWord(facing: string, language: Language): string {
  return translate(language, known(`facing.${facing}`, "facing.around"));
}

function along(run: BorderRun, language: Language): string {
  if (run.kind === null) return translate(language, run.neighbour === null ? "border.rim" : "border.open");
  const kind = translate(language, known(`border.kind.${run.kind}`, "border.kind.water"));
  const name = said(run, language);
  return name === null ? translate(language, "border.along_some", { kind }) : translate(language, "border.along", { name, kind });
}

function ends({ from, to }: BorderRun, language: Language): string {
  const [start, end] = [from === null ? null : said(from, language), to === null ? null : said(to, language)];
  if (start !== null && end !== null) return translate(language, "border.between", { from: start, to: end });
  if (start !== null) return translate(language, "border.from", { from: start });
  return end === null ? "" : translate(language, "border.to", { to: end });
}

function said({ name, name_en }: Named, language: Language): string | null {
  return name === null ? null : nameIn(language, { name, name_en });
}
