/** What the address holds: a link shows another person the same map. */

import { LEVELS, type LevelName } from "./types";
import type { Language } from "./numbers";

export type CoordinateSystem = "planar" | "geographic";

export interface Place {
  readonly x: number;
  readonly y: number;
  /** Metres a pixel. */
  readonly resolution: number;
}

export interface Address {
  readonly district: string | null;
  readonly plan: string | null;
  readonly level: LevelName | null;
  /** A measure of the choropleth, "tints", or null for borders only. */
  readonly figure: string | null;
  readonly unit: string | null;
  readonly place: Place | null;
  readonly language: Language | null;
  readonly hidden: readonly string[];
  readonly table: boolean;
  readonly coordinates: CoordinateSystem;
  /** The search for proposals that is open, and the proposal chosen. */
  readonly job: string | null;
  readonly proposal: string | null;
  /** What is done with the plan as a whole: `compare:1`, `update`, `review` or `adopt`. */
  readonly task: string | null;
}

/** Layers that are off until someone asks for them: incidents by the thousand would drown the map. */
export const HIDDEN_AT_FIRST: readonly string[] = ["incidents"];

export const EMPTY_ADDRESS: Address = {
  district: null,
  plan: null,
  level: null,
  figure: null,
  unit: null,
  place: null,
  language: null,
  hidden: HIDDEN_AT_FIRST,
  table: false,
  coordinates: "planar",
  job: null,
  proposal: null,
  task: null,
};

/** Reads an address; what cannot be read is left out, never guessed. */
export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const level = LEVELS.find((name) => name === query.get("level")) ?? null;
  const language = query.get("lang");
  return {
    district: query.get("district"),
    plan: query.get("plan"),
    level,
    figure: query.get("figure"),
    unit: query.get("unit"),
    place: readPlace(query.get("at")),
    language: language === "zh-CN" || language === "en" ? language : null,
    hidden: query.get("hide")?.split(",").filter((name) => name !== "") ?? HIDDEN_AT_FIRST,
    table: query.get("table") === "1",
    coordinates: query.get("xy") === "geographic" ? "geographic" : "planar",
    job: readNumber(query.get("job")),
    proposal: readNumber(query.get("proposal")),
    task: /^(compare(:\d+)?|update|review|adopt)$/.exec(query.get("task") ?? "")?.[0] ?? null,
  };
}

export function writeAddress(address: Address): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | null): void => {
    if (value !== null && value !== "") query.set(name, value);
  };
  put("district", address.district);
  put("plan", address.plan);
  put("level", address.level);
  put("figure", address.figure);
  put("unit", address.unit);
  put("at", address.place === null ? null : writePlace(address.place));
  const hidden = address.hidden.join(",");
  if (hidden !== HIDDEN_AT_FIRST.join(",")) query.set("hide", hidden);
  put("table", address.table ? "1" : null);
  put("xy", address.coordinates === "geographic" ? "geographic" : null);
  put("job", address.job);
  put("proposal", address.proposal);
  put("task", address.task);
  put("lang", address.language);
  // Commas are legal in a query and far easier to read than %2C.
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

function readNumber(text: string | null): string | null {
  return text !== null && /^\d+$/.test(text) ? text : null;
}

function readPlace(text: string | null): Place | null {
  const [x, y, resolution] = (text ?? "").split(",").map(Number);
  if (x === undefined || y === undefined || resolution === undefined) return null;
  return Number.isFinite(x) && Number.isFinite(y) && resolution > 0 && Number.isFinite(resolution)
    ? { x, y, resolution }
    : null;
}

function writePlace({ x, y, resolution }: Place): string {
  return `${x.toFixed(1)},${y.toFixed(1)},${Number(resolution.toPrecision(4))}`;
}
