/** Requests to the platform. Every failure becomes a Problem with a sentence a person can act on. */

import { saidText, type Said } from "../messages/said";
import { translate } from "../messages/translate";
import type { Language } from "../model/numbers";
import { byName } from "./state";

/** A failed request: `message` is the server's sentence, in the reader's language where it has a key. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number | null,
    readonly key: string | null,
    /** Everything the server said, for refusals that carry more than a sentence. */
    readonly said: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "Problem";
  }
}

interface ProblemJson {
  readonly detail?: string;
  readonly title?: string;
  readonly key?: string;
  readonly said?: Said;
  readonly [more: string]: unknown;
}

/** JSON of a GET. The platform serves the page and the API in one version, so the shape is taken as declared. */
export async function getJson<T>(path: string, language: Language, signal?: AbortSignal): Promise<T> {
  const response = await send(path, language, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

/** A response with status 2xx, or a Problem. */
export async function send(path: string, language: Language, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { "Accept-Language": language, ...init.headers } });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem(translate(language, "error.network"), null, null);
  }
  if (response.ok) return response;
  const said = await readProblem(response);
  const sentence = said.said !== undefined ? saidText(language, said.said, byName) : said.detail ?? said.title ?? translate(language, "error.status", { status: response.status });
  throw new Problem(sentence, response.status, said.key ?? null, said);
}

async function readProblem(response: Response): Promise<ProblemJson> {
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return {};
  const said: unknown = await response.json();
  return typeof said === "object" && said !== null ? (said as ProblemJson) : {};
}
