/** What a proposal scores goal by goal, and what is proven about it. */

import type { JSX } from "preact";
import { decimal, percent } from "../model/numbers";
import { GOALS, objective, type Answer, type GoalName, type Proposal } from "../model/proposals";
import { total } from "../model/units";
import * as proposing from "../state/proposing";
import * as state from "../state/state";
import { language, t } from "../state/state";

export function Scores({ one }: { readonly one: Proposal }): JSX.Element {
  const all = proposing.proposals.value;
  const other = all.find((each) => each.id === proposing.comparedId.value);
  return (
    <details class="scores">
      <summary>{t("propose.scores")}</summary>
      <dl>
        {GOALS.filter((goal) => one.scores[goal] !== undefined && one.scores[goal] !== null).map((goal) => (
          <div key={goal}>
            <dt>
              {t(`goal.${goal}`)}
              {goal === "walking" && straightLine() && <small> {t("goal.straight")}</small>}
            </dt>
            <dd class="number">
              {score(goal, one.scores[goal])}
              {other !== undefined && <span class="quiet"> / {score(goal, other.scores[goal])}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function score(goal: GoalName, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (goal === "walking") return t("goal.minutes", { n: decimal(value, 1, language.value) });
  return decimal(value, value >= 100 ? 0 : 3, language.value);
}

/** Without roads there is no network to walk on, and minutes are measured along straight lines. */
export function straightLine(): boolean {
  return state.district.value?.layers.roads?.count === 0;
}

interface ProofProps {
  readonly answer: Answer;
  readonly best: Proposal | null;
}

/** What is proven of the best proposal: that none is better, how much better one could be at most, or that rules clash. */
export function Proof({ answer, best }: ProofProps): JSX.Element | null {
  if (answer.proven === "optimal") return <p class="all-right">{t("propose.optimal")}</p>;
  if (answer.proven === "infeasible") return <p class="warning">{t("propose.infeasible")}</p>;
  const goals = proposing.asked.value?.goals ?? proposing.defaults.value?.goals;
  const top = [...state.planUnits.value.byLevel.values()][0] ?? [];
  const reached = best === null || goals === undefined ? null : objective(best, goals, total(top, (unit) => unit.residents) ?? 0);
  const bound = answer.lower_bound;
  if (bound === null || bound <= 0 || reached === null || reached < bound) return null;
  const said = language.value;
  return (
    <p class="quiet" title={t("propose.bound.note")}>
      {t("propose.bound", { bound: decimal(bound, 3, said), reached: decimal(reached, 3, said), gap: percent((reached - bound) / reached, said) })}
    </p>
  );
}
