/** The right panel: what is selected, whether it is all right, and what can be done. */

import type { JSX } from "preact";
import { bandOf, byCode, ordinaryParts, partsBandOf, SIGN } from "../model/bands";
import { area, count, decimal, percent } from "../model/numbers";
import type { Finding, Unit } from "../model/types";
import { ancestors } from "../model/units";
import { known } from "../messages/translate";
import { zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { BandFigure, PlainFigure } from "./Figure";
import { Icon } from "./icons";
import { PlanSummary } from "./PlanSummary";
import { PointPanel } from "./PointPanel";
import { show, UnitList } from "./UnitList";

const MEASURES = ["residents", "households", "floating"] as const;

export function Inspector(): JSX.Element {
  const unit = state.selected.value;
  const point = state.servicePoint.value;
  return (
    <aside class="inspector" aria-label={unit === null ? t("plan.choose") : named(unit)}>
      <div class="scroll">
        {point !== null ? <PointPanel point={point} /> : unit !== null ? <UnitPanel unit={unit} /> : <PlanSummary />}
      </div>
      {!state.noPlan.value && <UnderPointer />}
    </aside>
  );
}

function UnitPanel({ unit }: { readonly unit: Unit }): JSX.Element {
  const index = state.units.value;
  const parents = ancestors(index, unit).reverse();
  return (
    <>
      <header class="unit-head">
        <nav class="parents" aria-label={t("unit.in")}>
          {parents.map((parent) => (
            <button key={parent.id} class="link" onClick={() => show(parent)}>
              {named(parent)}
            </button>
          ))}
        </nav>
        <h1>
          {named(unit)}
          <button class="plain-button" aria-label={t("unit.deselect")} title={`${t("unit.deselect")} (Esc)`} onClick={() => state.select(null)}>
            <Icon name="close" />
          </button>
        </h1>
        {language.value === "en" && unit.name_en !== null && <p class="other-name" lang="zh-CN">{unit.name}</p>}
        <p class="meta">
          <span>{t(known(`type.${unit.type}`, `level.${unit.level}`))}</span>
          {unit.code !== null && <span class="code">{unit.code}</span>}
        </p>
      </header>
      <Findings unit={unit} />
      <UnitFigures unit={unit} />
      <div class="actions">
        <button class="button" onClick={() => zoomTo(unit.bounds)}>
          <Icon name="whole" /> {t("unit.zoom")}
        </button>
      </div>
      <Children unit={unit} />
    </>
  );
}

function UnitFigures({ unit }: { readonly unit: Unit }): JSX.Element {
  const district = state.district.value;
  const exempt = unit.type === "exclusive";
  const plan = state.plan.value;
  const children = state.units.value.childrenOf.get(unit.id) ?? [];
  const ordinary = ordinaryParts(children);
  const said = language.value;
  return (
    <dl class="figures">
      {MEASURES.map((measure) => (
        <BandFigure
          key={measure}
          label={t(`measure.${measure}`)}
          value={unit[measure]}
          band={district === null ? null : bandOf(district, unit, measure)}
          exempt={exempt}
        />
      ))}
      {unit.level !== "cell" && children.length > 0 && (
        <BandFigure
          label={t(`measure.children.${unit.level}`)}
          value={ordinary}
          band={district === null || plan === null ? null : partsBandOf(district, unit, plan)}
          {...(ordinary < children.length ? { note: t("unit.also_exclusive", { n: children.length - ordinary }) } : {})}
        />
      )}
      <PlainFigure label={t("measure.area")} value={area(unit.area_m2, said)} />
      <PlainFigure
        label={t("measure.density")}
        value={unit.residents === null ? "–" : `${count(Math.round(unit.residents / (unit.area_m2 / 1e6)), said)} / km²`}
      />
      <PlainFigure label={t("measure.clear_border")} value={percent(unit.clear_border_share, said)} note={t("measure.clear_border.note")} />
      <PlainFigure label={t("measure.compactness")} value={decimal(unit.compactness, 2, said)} note={t("measure.compactness.note")} />
      <PlainFigure label={t("measure.buildings")} value={count(unit.buildings, said)} />
      <PlainFigure label={t("measure.blocks")} value={count(unit.blocks, said)} />
    </dl>
  );
}

function Findings({ unit }: { readonly unit: Unit }): JSX.Element {
  if (unit.findings.length === 0) return <p class="all-right">✓ {t("findings.none_unit")}</p>;
  return (
    <ul class="findings" aria-label={t("findings.title")}>
      {unit.findings.map((finding) => (
        <li key={finding.rule}>
          <FindingText finding={finding} />
        </li>
      ))}
    </ul>
  );
}

/** `Residents 1,532 / 1,000-1,500 ▲ 32 above` */
export function FindingText({ finding }: { readonly finding: Finding }): JSX.Element {
  const said = language.value;
  const rule = t(known(`rule.${finding.rule}`, "rule.other"), { rule: finding.rule });
  const { value, low, high } = finding;
  if (value === null || (low === null && high === null)) return <span class="verdict above">! {rule}</span>;
  const above = high !== null && value > high;
  const off = above ? value - high : (low ?? value) - value;
  const band = [low, high].map((limit) => (limit === null ? "" : count(limit, said))).join("-");
  return (
    <>
      <span class="rule">{rule}</span> <span class="value">{count(value, said)}</span>{" "}
      <span class="band">/ {band}</span>{" "}
      <span class={`verdict ${above ? "above" : "below"}`}>
        {above ? SIGN.above : SIGN.below} {t(above ? "verdict.above" : "verdict.below", { n: count(off, said) })}
      </span>
    </>
  );
}

function Children({ unit }: { readonly unit: Unit }): JSX.Element | null {
  const children = state.units.value.childrenOf.get(unit.id) ?? [];
  if (children.length === 0 || unit.level === "cell") return null;
  return (
    <section>
      <h2>
        {t(`unit.children.${unit.level}`)} <span class="tally">{children.length}</span>
      </h2>
      <UnitList units={[...children].sort(byCode)} />
    </section>
  );
}

/** Always at the same place, so that the panel does not jump while the pointer moves. */
export function UnderPointer(): JSX.Element {
  const unit = state.hovered.value;
  const district = state.district.value;
  return (
    <section class="under-pointer" aria-hidden="true">
      {unit === null ? (
        <p class="quiet">{t("pointer.empty")}</p>
      ) : (
        <>
          <p class="pointed">
            <strong>{named(unit)}</strong>
            <span class="quiet">{ancestors(state.units.value, unit).map(named).join(" · ")}</span>
          </p>
          <dl class="figures compact">
            {(["residents", "households"] as const).map((measure) => (
              <BandFigure
                key={measure}
                label={t(`measure.${measure}`)}
                value={unit[measure]}
                band={district === null ? null : bandOf(district, unit, measure)}
                exempt={unit.type === "exclusive"}
                compact
              />
            ))}
            <BandFigure label={t("measure.floating")} value={unit.floating} band={null} compact />
          </dl>
        </>
      )}
    </section>
  );
}
