/** The inspector without a selection: the plan itself and what breaks its rules. */

import type { JSX } from "preact";
import { problems } from "../model/bands";
import { area, count, day } from "../model/numbers";
import type { Plan } from "../model/types";
import { total } from "../model/units";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { BandFigure, PlainFigure } from "./Figure";
import { UnitList } from "./UnitList";

const LISTED = 12;

export function PlanSummary(): JSX.Element | null {
  const plan = state.plan.value;
  const district = state.district.value;
  if (plan === null || district === null) return null;
  const top = plan.levels.map((level) => state.units.value.byLevel.get(level)).find((units) => units?.length) ?? [];
  const area_m2 = top.length === 0 ? null : total(top, (unit) => unit.area_m2);
  return (
    <>
      <header class="unit-head">
        <p class="parents">{named(district)}</p>
        <h1>{named(plan)}</h1>
        <p class="meta">
          <span class={`state ${plan.state}`}>{t(`plan.state.${plan.state}`)}</span>
          {plan.in_force && <span class="state in-force">{t("plan.in_force")}</span>}
          <span>{t("plan.revision", { n: plan.revision })}</span>
        </p>
        {district.synthetic && <p class="synthetic-note">{t("synthetic.long")}</p>}
      </header>
      <dl class="figures">
        {top.length > 0 &&
          (["residents", "floating", "households"] as const).map((measure) => (
            <BandFigure key={measure} label={t(`measure.${measure}`)} value={total(top, (unit) => unit[measure])} band={null} />
          ))}
        <PlainFigure label={t("measure.area")} value={area(area_m2, language.value)} />
        <Contents plan={plan} />
        <Approval plan={plan} />
      </dl>
      {district.layers.roads?.count === 0 && <p class="warning">{t("empty.roads")}</p>}
      {plan.levels.length > 0 && <Problems />}
    </>
  );
}

function Contents({ plan }: { readonly plan: Plan }): JSX.Element {
  return (
    <>
      {plan.levels.map((level) => (
        <PlainFigure
          key={level}
          label={t(`levels.${level}`)}
          value={count(plan.unit_counts[level], language.value)}
          {...(level === "cell" && plan.exclusive_cells > 0 ? { note: t("unit.also_exclusive", { n: plan.exclusive_cells }) } : {})}
        />
      ))}
    </>
  );
}

function Approval({ plan }: { readonly plan: Plan }): JSX.Element {
  const { authority, number, in_force_from: from, in_force_to: to } = plan;
  const rows: [string, string][] = [];
  if (authority !== null) rows.push([t("plan.authority"), authority]);
  if (number !== null) rows.push([t("plan.number"), number]);
  if (plan.adopted_on !== null) rows.push([t("plan.adopted_on"), day(plan.adopted_on)]);
  if (from !== null) {
    rows.push([
      t("plan.period"),
      to === null ? t("plan.from", { from: day(from) }) : t("plan.from_to", { from: day(from), to: day(to) }),
    ]);
  }
  rows.push([t("plan.count_date"), day(plan.count_date)]);
  return (
    <>
      {rows.map(([label, value]) => (
        <div class="figure words" key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </>
  );
}

function Problems(): JSX.Element {
  const found = problems(state.units.value.byId.values());
  if (state.unitsOf.value === null) return <p class="quiet">{t("loading.plan")}</p>;
  if (found.length === 0) return <p class="all-right">✓ {t("findings.none")}</p>;
  return (
    <section>
      <h2>
        {t("findings.title")} <span class="tally">{t("findings.units", { n: found.length })}</span>
      </h2>
      <UnitList units={found.slice(0, LISTED)} />
      {found.length > LISTED && <p class="quiet">{t("findings.more", { n: found.length - LISTED })}</p>}
    </section>
  );
}
