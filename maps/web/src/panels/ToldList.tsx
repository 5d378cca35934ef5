/** Proven impossibilities and rules not reached, each by name; choosing one brings its place into view. */

import type { JSX } from "preact";
import { known, type Parameters } from "../messages/translate";
import { count } from "../model/numbers";
import type { Told } from "../model/proposals";
import { zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, t } from "../state/state";

interface ToldListProps {
  readonly title: "propose.reasons" | "propose.unmet";
  readonly told: readonly Told[];
}

export function ToldList({ title, told }: ToldListProps): JSX.Element | null {
  if (told.length === 0) return null;
  return (
    <section class={`told ${title === "propose.reasons" ? "proven" : ""}`}>
      <h2>
        {t(title)} <span class="tally">{count(told.length, language.value)}</span>
      </h2>
      <ul>
        {told.map((one, k) => (
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
    </section>
  );
}

/** The page's own sentence where it has one for the rule, else the server's. */
function sentence(one: Told): string {
  const server = `${one.message} ${one.relaxation ?? ""}`.trim();
  const [stem, measure] = one.rule.split(":");
  const said = t(known(`told.${ruleKey(stem ?? "", one)}`, "told.other"), parameters(one, measure, server));
  // In Chinese the sentence itself says what would help.
  return language.value === "en" && said !== server ? `${said} ${one.relaxation ?? ""}`.trim() : said;
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
    measure: typeof column === "string" ? t(known(`measure.${column}`, "measure.residents")) : "",
    message: server,
  };
  for (const name of ["total", "low", "high", "least", "most", "allowed_low", "allowed_high", "cut_off", "reached", "parts"]) {
    const value = one.figures[name];
    filled[name] = typeof value === "number" ? count(value, language.value) : "∞";
  }
  return filled;
}
