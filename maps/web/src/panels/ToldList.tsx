/** Proven impossibilities and rules not reached, each by name; choosing one brings its place into view. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { known, type Parameters } from "../messages/translate";
import { count } from "../model/numbers";
import type { Told } from "../model/proposals";
import { relaxationsOf, type Relaxation } from "../model/relaxations";
import { zoomTo } from "../state/commands";
import * as proposing from "../state/proposing";
import * as state from "../state/state";
import { language, t } from "../state/state";

interface ToldListProps {
  readonly title: "propose.reasons" | "propose.unmet";
  readonly told: readonly Told[];
}

/** As many as can be read at a glance; the others on demand. */
const LISTED = 8;

export function ToldList({ title, told }: ToldListProps): JSX.Element | null {
  const [all, showAll] = useState(false);
  if (told.length === 0) return null;
  return (
    <section class={`told ${title === "propose.reasons" ? "proven" : ""}`}>
      <h2>
        {t(title)} <span class="tally">{count(told.length, language.value)}</span>
      </h2>
      <ul>
        {told.slice(0, all ? told.length : LISTED).map((one, k) => (
          <li key={k}>
            {one.bounds === null ? (
              <p>{sentence(one)}</p>
            ) : (
              <button class="link" title={t("propose.fly")} onClick={() => one.bounds !== null && zoomTo(one.bounds)}>
                {sentence(one)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {!all && told.length > LISTED && (
        <button class="button" onClick={() => showAll(true)}>
          {t("propose.told_all", { n: count(told.length - LISTED, language.value) })}
        </button>
      )}
    </section>
  );
}

/** The page's own sentence where it has one for the rule, with the nearest changes that would help; else the server's. */
function sentence(one: Told): string {
  const [stem, measure] = one.rule.split(":");
  const key = known(`told.${ruleKey(stem ?? "", one)}`, "told.other");
  const said = t(key, parameters(one, measure, `${one.message} ${one.relaxation ?? ""}`.trim()));
  if (key === "told.other") return said;
  const ways = relaxationsOf(one, proposing.asked.value?.bands ?? {});
  if (ways.length > 0) return `${said}${language.value === "en" ? " " : ""}${t("relax", { ways: joined(ways, one) })}`;
  return language.value === "en" ? `${said} ${one.relaxation ?? ""}`.trim() : said;
}

function joined(ways: readonly Relaxation[], one: Told): string {
  const together = ways.every(({ way }) => way === "band");
  return ways.map((way) => wayText(way, one)).join(t(together ? "relax.and" : "relax.or"));
}

function wayText(relaxation: Relaxation, one: Told): string {
  const said = language.value;
  switch (relaxation.way) {
    case "count":
      return t("relax.count", { span: spanText(relaxation.low, relaxation.high) });
    case "upper":
    case "lower":
      return t(`relax.${relaxation.way}`, { n: count(relaxation.value, said), measure: measureName(relaxation.measure) });
    case "band":
      return t("relax.band", { span: spanText(relaxation.low, relaxation.high), measure: measureName(relaxation.measure) });
    case "cut":
      return t("relax.cut", { block: one.blocks[0] ?? "" });
    case "exempt":
    case "link":
      return t(`relax.${relaxation.way}`);
  }
}

/** "6 to 7", or "6" where both are the same; an end that is open stands as such. */
function spanText(low: unknown, high: unknown): string {
  const [from, to] = [low, high].map((value) => (typeof value === "number" ? count(value, language.value) : "∞"));
  return from === to ? String(from) : t("told.span", { low: from ?? "", high: to ?? "" });
}

/** A measure inside a sentence. */
function measureName(measure: string): string {
  return t(known(`measure.${measure}`, "measure.residents")).toLocaleLowerCase();
}

function ruleKey(stem: string, { figures }: Told): string {
  const { parts, least, most } = figures;
  if (parts !== undefined) return `found_${stem}`;
  return typeof least === "number" && typeof most === "number" && least > most ? "no_count" : stem;
}

/** The server names parents in Chinese; the plan's units know their other name. */
function parentName(name: string): string {
  const unit = [...state.planUnits.value.byId.values()].find((one) => one.name === name);
  return unit === undefined ? name : state.named(unit);
}

function parameters(one: Told, measure: string | undefined, server: string): Parameters {
  const column = measure ?? one.figures["column"];
  const filled: Record<string, string | number> = {
    parent: one.parent === "" ? t("told.all") : parentName(one.parent),
    block: one.blocks[0] ?? "",
    measure: typeof column === "string" ? measureName(column) : "",
    message: server,
  };
  const span = (low: string, high: string): string => spanText(one.figures[low], one.figures[high]);
  Object.assign(filled, { needed: span("least", "most"), allowed: span("allowed_low", "allowed_high"), band: span("low", "high") });
  for (const name of ["total", "low", "high", "least", "most", "cut_off", "reached", "parts"]) {
    const value = one.figures[name];
    filled[name] = typeof value === "number" ? count(value, language.value) : "∞";
  }
  return filled;
}
