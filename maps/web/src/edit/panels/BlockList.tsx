/** The blocks of a unit as a list: those ticked go to a neighbour. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { area, count } from "../../model/numbers";
import type { Unit } from "../../model/types";
import * as state from "../../state/state";
import { language, named, t } from "../../state/state";
import { neighboursOf } from "../model/contiguity";
import { foresee } from "../model/foresight";
import type { PlanModel } from "../model/plan_model";
import type { Operation } from "../model/types";
import { clearForeseen, editable, foreseen, model } from "../state/session";
import { submit, submitNew } from "../state/sync";

export function BlockList({ unit }: { readonly unit: Unit }): JSX.Element | null {
  const [ticked, tick] = useState<ReadonlySet<number>>(new Set());
  const [to, choose] = useState<string>("");
  const plan = model.value;
  if (plan === null) return null;
  const blocks = plan.blocksOf(unit.id).sort((a, b) => (plan.blocks.key[a] ?? "").localeCompare(plan.blocks.key[b] ?? ""));
  const near = [...neighboursOf(plan, unit.id)].sort((a, b) => b[1] - a[1]).flatMap(([id]) => state.planUnits.value.byId.get(id) ?? []);
  const target = to === "" ? (near[0]?.id ?? "") : to;
  const ids = [...ticked].map((block) => plan.blocks.id[block] as number);
  const show = (next: ReadonlySet<number>, into: string): void => {
    tick(next);
    foreseeOf(plan, next.size === 0 ? null : { operation: "assign", arguments: { unit: into, blocks: [...next].map((block) => plan.blocks.id[block] as number) } });
  };
  const apart: Operation = { operation: "create", arguments: { level: plan.lowest, parent: unit.parent, blocks: ids } };
  const give = (act: () => void): void => {
    act();
    clearForeseen();
    tick(new Set());
  };
  return (
    <details class="block-list" onToggle={(event) => !event.currentTarget.open && clearForeseen()}>
      <summary>
        {t("measure.blocks")} <span class="tally">{count(blocks.length, language.value)}</span>
      </summary>
      {editable.value && near.length > 0 && (
        <div class="with-unit">
          <select aria-label={t("edit.give_to")} value={target} onChange={(event) => { choose(event.currentTarget.value); show(ticked, event.currentTarget.value); }}>
            {near.map((one) => (
              <option key={one.id} value={one.id}>
                {named(one)}
              </option>
            ))}
          </select>
          <button class="button" disabled={ticked.size === 0} onClick={() => give(() => submit({ operation: "assign", arguments: { unit: target, blocks: ids } }))}>
            {t("edit.give_to")}
          </button>
        </div>
      )}
      {editable.value && (
        <div class="actions">
          <button
            class="button"
            disabled={ticked.size === 0}
            onFocus={() => foreseeOf(plan, apart)}
            onBlur={() => show(ticked, target)}
            onMouseEnter={() => foreseeOf(plan, apart)}
            onMouseLeave={() => show(ticked, target)}
            onClick={() => give(() => submitNew(apart))}
          >
            {t("edit.new_of_ticked")}
          </button>
        </div>
      )}
      <ul>
        {blocks.map((block) => (
          <Row key={block} plan={plan} block={block} ticked={ticked.has(block)} change={() => show(toggled(ticked, block), target)} />
        ))}
      </ul>
    </details>
  );
}

/** Shows what would be done with the blocks that are ticked. */
function foreseeOf(plan: PlanModel, operation: Operation | null): void {
  const shown = operation === null ? null : foresee(plan, operation);
  foreseen.value = shown === null || "key" in shown ? null : shown;
}

function toggled(set: ReadonlySet<number>, block: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(block)) next.add(block);
  return next;
}

interface RowProps {
  readonly plan: PlanModel;
  readonly block: number;
  readonly ticked: boolean;
  readonly change: () => void;
}

function Row({ plan, block, ticked, change }: RowProps): JSX.Element {
  const residents = plan.blocks.counts.residents[block] ?? NaN;
  return (
    <li>
      <label>
        <input type="checkbox" checked={ticked} disabled={!editable.value} onChange={change} />
        <span class="code">{plan.blocks.key[block]}</span>
        <span class="value">
          {Number.isNaN(residents) ? "–" : count(residents, language.value)} {plan.blocks.estimated[block] === true && <span title={t("edit.estimated")}>≈</span>}
        </span>
        <span class="quiet">{area(plan.blocks.area_m2[block], language.value)}</span>
      </label>
    </li>
  );
}
