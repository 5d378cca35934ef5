/** The inspector without a selection: the plan itself and what breaks its rules. */

import type { JSX } from "preact";
import { authorityInEnglish, numberInEnglish } from "../model/approval";
import { problems } from "../model/bands";
import { area, count, day } from "../model/numbers";
import type { District, Plan } from "../model/types";
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
        <Approval plan={plan} district={district} />
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

interface Row {
  readonly label: string;
  readonly value: string;
  /** The Chinese text that an English value stands for. */
  readonly original?: string;
}

function Approval({ plan, district }: { readonly plan: Plan; readonly district: District }): JSX.Element {
  const { authority, number, in_force_from: from, in_force_to: to } = plan;
  const rows: Row[] = [];
  if (authority !== null) rows.push(inLanguage(t("plan.authority"), authority, authorityInEnglish(authority, district)));
  if (number !== null) rows.push(inLanguage(t("plan.number"), number, numberInEnglish(number)));
  if (plan.adopted_on !== null) rows.push({ label: t("plan.adopted_on"), value: day(plan.adopted_on) });
  if (from !== null) {
    const value = to === null ? t("plan.from", { from: day(from) }) : t("plan.from_to", { from: day(from), to: day(to) });
    rows.push({ label: t("plan.period"), value });
  }
  rows.push({ label: t("plan.count_date"), value: day(plan.count_date) });
  return (
    <>
      {rows.map(({ label, value, original }) => (
        <div class="figure words" key={label}>
          <dt>{label}</dt>
          <dd>
            {value}
            {original !== undefined && (
              <span class="original" lang="zh-CN">
                {original}
              </span>
            )}
          </dd>
        </div>
      ))}
    </>
  );
}

function inLanguage(label: string, original: string, english: string | null): Row {
  return language.value === "en" && english !== null ? { label, value: english, original } : { label, value: original };
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
