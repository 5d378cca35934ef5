/** What is done with a plan as a whole, in the place of the inspector: compare, bring up to date, review, adopt. */

import type { JSX } from "preact";
import { Icon } from "../panels/icons";
import * as state from "../state/state";
import { named, t } from "../state/state";
import { AdoptTask } from "./AdoptTask";
import { CompareTask } from "./CompareTask";
import { ReviewTask } from "./ReviewTask";
import { open, taskName, type Task } from "./state";
import { UpdateTask } from "./UpdateTask";

const VIEWS: Readonly<Record<Task, () => JSX.Element | null>> = {
  compare: CompareTask,
  update: UpdateTask,
  review: ReviewTask,
  adopt: AdoptTask,
};

export function PlanTask(): JSX.Element | null {
  const [name, plan] = [taskName.value, state.plan.value];
  if (name === null) return null;
  const View = VIEWS[name];
  return (
    <aside class="inspector plan-task" aria-label={t(`plans.task.${name}`)}>
      <div class="scroll">
        <header class="unit-head">
          <p class="parents">{plan !== null && named(plan)}</p>
          <h1>
            {t(`plans.task.${name}`)}
            <button class="plain-button" aria-label={t("close")} title={`${t("close")} (Esc)`} onClick={() => open(null)}>
              <Icon name="close" />
            </button>
          </h1>
        </header>
        {plan !== null && <View key={plan.id} />}
      </div>
    </aside>
  );
}
