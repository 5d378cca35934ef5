/** Sheets as they are printed, one page each, over everything else until they are closed. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { JSX } from "preact";
import { Icon } from "../panels/icons";
import { bandOf, bandText, judge, ordinaryParts, partsBandOf, SIGN } from "../model/bands";
import { area, count, day, decimal, percent } from "../model/numbers";
import { scaleBar } from "../model/scale";
import { ancestors } from "../model/units";
import { known } from "../messages/translate";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { borderSentence, facingWord } from "./border_words";
import { approval } from "./legend";
import { today } from "./saving";
import { closeSheets, FRAME, ready, wanted, type Sheet } from "./sheets";

export function SheetsView(): JSX.Element | null {
  const units = wanted.value;
  return units === null ? null : <Sheets all={units.length} />;
}

function Sheets({ all }: { readonly all: number }): JSX.Element {
  const view = useRef<HTMLDivElement>(null);
  const done = ready.value;
  useEffect(() => {
    const before = document.activeElement;
    view.current?.focus();
    document.documentElement.classList.add("with-sheets");
    return () => {
      document.documentElement.classList.remove("with-sheets");
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") closeSheets();
    event.stopPropagation();
  };
  return (
    <div class="sheets" role="dialog" aria-modal="true" aria-label={t("sheet.title")} tabIndex={-1} ref={view} onKeyDown={onKey}>
      <header class="sheets-bar">
        <strong>{t("sheet.title")}</strong>
        <span role="status">{done.length < all ? t("sheet.making", { n: done.length, all }) : t("sheet.pages", { n: all })}</span>
        {done.length < all && <progress value={done.length} max={all} aria-label={t("sheet.title")} />}
        <span class="stretch" />
        <button class="button primary" disabled={done.length < all} onClick={() => window.print()}>{t("sheet.print")}</button>
        <button class="plain-button" aria-label={t("close")} title={`${t("close")} (Esc)`} onClick={closeSheets}><Icon name="close" /></button>
      </header>
      {done.map((one) => <Page key={one.unit.id} sheet={one} />)}
    </div>
  );
}

/** One page of A4; where its words are many they are set smaller until they fit. */
function Page({ sheet }: { readonly sheet: Sheet }): JSX.Element {
  const page = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const body = page.current?.querySelector<HTMLElement>(".sheet-body");
    if (!body) return;
    for (let size = 100; size >= 55; size -= 5) {
      body.style.fontSize = `${size}%`;
      if (body.scrollHeight <= body.clientHeight) return;
    }
  });
  return (
    <article class="sheet" ref={page} aria-label={named(sheet.unit)}>
      <Head sheet={sheet} />
      <SheetMap sheet={sheet} />
      <div class="sheet-body">
        <div>
          <Figures sheet={sheet} />
          <Staff sheet={sheet} />
          <Points sheet={sheet} />
        </div>
        <div>
          <Neighbours sheet={sheet} />
          <Border sheet={sheet} />
        </div>
      </div>
      <Foot />
    </article>
  );
}

function Head({ sheet: { unit } }: { readonly sheet: Sheet }): JSX.Element {
  const plan = state.plan.value;
  const parents = ancestors(state.planUnits.value, unit).reverse();
  const district = state.district.value;
  return (
    <header>
      <div>
        <p>{[...(district === null ? [] : [named(district)]), ...parents.map(named)].join(" › ")}</p>
        <h1>{named(unit)}</h1>
        <p>
          {t(known(`type.${unit.type}`, `level.${unit.level}`))}
          {unit.code !== null && ` · ${unit.code}`}
          {language.value === "en" && unit.name_en !== null && <span lang="zh-CN"> · {unit.name}</span>}
        </p>
      </div>
      {plan !== null && (
        <p class="standing">
          {named(plan)}
          <br />
          {t(plan.in_force ? "plan.in_force" : `plan.state.${plan.state}`)} · {t("plan.revision", { n: plan.revision })}
        </p>
      )}
    </header>
  );
}

function SheetMap({ sheet: { unit, picture, denominator } }: { readonly sheet: Sheet }): JSX.Element {
  // Metres a millimetre of paper.
  const { metres, pixels } = scaleBar(denominator / 1000, 40);
  return (
    <figure style={{ width: `${FRAME.wide}mm`, height: `${FRAME.high}mm` }}>
      <img src={picture} alt={t("sheet.map", { unit: named(unit) })} />
      <svg class="north" viewBox="0 0 20 32" aria-hidden="true">
        <path d="M10 9L3 31l7-5 7 5z" fill="#fff" stroke="#1c2a35" />
        <path d="M10 9L3 31l7-5z" fill="#1c2a35" />
        <text x="10" y="7.5" text-anchor="middle" font-size="9" font-weight="700">{t("paper.north")}</text>
      </svg>
      <figcaption>
        <span class="rule" style={{ width: `${pixels}mm` }} />
        {count(metres, language.value)} m · 1:{count(denominator, language.value)}
      </figcaption>
    </figure>
  );
}

const MEASURES = ["residents", "households", "floating"] as const;

function Figures({ sheet: { unit } }: { readonly sheet: Sheet }): JSX.Element {
  const [district, plan] = [state.district.value, state.plan.value];
  const said = language.value;
  const children = state.planUnits.value.childrenOf.get(unit.id) ?? [];
  return (
    <section>
      <h2>
        {t("sheet.figures")}
        {plan !== null && plan.count_date !== null && <small> {t("figure.count_date", { date: day(plan.count_date) })}</small>}
      </h2>
      <table>
        <tbody>
          {MEASURES.map((measure) => (
            <Figure key={measure} label={t(`measure.${measure}`)} value={unit[measure]} band={district === null ? null : bandOf(district, unit, measure)} exempt={unit.type === "exclusive"} />
          ))}
          {unit.level !== "cell" && children.length > 0 && (
            <Figure label={t(`measure.children.${unit.level}`)} value={ordinaryParts(children)} band={district === null || plan === null ? null : partsBandOf(district, unit, plan)} exempt={false} />
          )}
          <Plain label={t("measure.area")} value={area(unit.area_m2, said)} />
          <Plain label={t("measure.perimeter")} value={`${count(Math.round(unit.perimeter_m), said)} m`} />
          <Plain label={t("measure.clear_border")} value={percent(unit.clear_border_share, said)} />
          <Plain label={t("measure.compactness")} value={decimal(unit.compactness, 2, said)} />
          <Plain label={t("measure.buildings")} value={count(unit.buildings, said)} />
        </tbody>
      </table>
    </section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: number | null;
  readonly band: readonly [number, number] | null;
  readonly exempt: boolean;
}

function Figure({ label, value, band, exempt }: FigureProps): JSX.Element {
  const verdict = band === null ? null : judge(value, band, exempt);
  return (
    <tr>
      <th scope="row">{label}</th>
      <td class="number">{count(value, language.value)}</td>
      <td>
        {band !== null && `/ ${bandText(band, language.value)} `}
        {verdict !== null && <b class={`verdict ${verdict.standing}`}>{SIGN[verdict.standing]} {t(`verdict.${verdict.standing}`, { n: count(verdict.off, language.value) })}</b>}
      </td>
    </tr>
  );
}

function Plain({ label, value }: { readonly label: string; readonly value: string }): JSX.Element {
  return <tr><th scope="row">{label}</th><td class="number">{value}</td><td /></tr>;
}

function Staff({ sheet: { told } }: { readonly sheet: Sheet }): JSX.Element {
  const { staff, vacancies } = told;
  return (
    <section>
      <h2>{t("sheet.staff")}</h2>
      {staff === null ? <p>{t("sheet.staff.none")}</p> : (
        <p>{staff.length === 0 ? "–" : staff.map(({ role, headcount }) => `${t(known(`role.${role}`, "role.other"), { role })} ${count(headcount, language.value)}`).join(" · ")}</p>
      )}
      {vacancies?.map(({ role, missing, severity }) => (
        <p key={role} class={`vacancy ${severity === "error" ? "hard" : ""}`}>
          {severity === "error" ? "!" : "△"} {t("sheet.vacant", { role: t(known(`role.${role}`, "role.other"), { role }), n: count(missing, language.value) })}
        </p>
      ))}
      {vacancies?.length === 0 && <p>✓ {t("sheet.no_vacancy")}</p>}
    </section>
  );
}

function Points({ sheet: { told } }: { readonly sheet: Sheet }): JSX.Element {
  return (
    <section>
      <h2>{t("layer.service_points")}</h2>
      {told.service_points.length === 0 && <p>{t("sheet.points.none")}</p>}
      <ul>
        {told.service_points.map((one) => (
          <li key={one.id}>
            {named(one)}
            {one.windows !== null && one.offers !== null && ` · ${t("sheet.point", { windows: one.windows, offers: one.offers })}`}
            {` · ${one.inside ? t("sheet.inside") : t("sheet.outside", { n: count(one.distance_m, language.value) })}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Neighbours({ sheet: { told } }: { readonly sheet: Sheet }): JSX.Element {
  return (
    <section>
      <h2>{t("sheet.neighbours")}</h2>
      <table>
        <tbody>
          {told.neighbours.map((one) => (
            <tr key={one.id}>
              <th scope="row">{facingWord(one.facing, language.value)}</th>
              <td>{named(one)}</td>
              <td class="number">{count(Math.round(one.border_m), language.value)} m</td>
            </tr>
          ))}
          {told.rim_m > 0 && <tr><th scope="row" /><td>{t("border.rim_beyond")}</td><td class="number">{count(Math.round(told.rim_m), language.value)} m</td></tr>}
        </tbody>
      </table>
    </section>
  );
}

function Border({ sheet: { told } }: { readonly sheet: Sheet }): JSX.Element {
  return (
    <section>
      <h2>{t("sheet.border")}</h2>
      <ol>{told.border.map((run, k) => <li key={k}>{borderSentence(run, language.value)}</li>)}</ol>
    </section>
  );
}

function Foot(): JSX.Element {
  const [plan, district] = [state.plan.value, state.district.value];
  const approved = plan === null || district === null ? [] : [...approval(plan, district), ...(plan.in_force_from === null ? [] : [t("plan.from", { from: day(plan.in_force_from) })])];
  return (
    <footer>
      <span>{approved.join(" · ")}</span>
      <span>
        {district !== null && t("paper.source", { district: named(district), srid: district.srid })}
        {district?.synthetic === true && ` · ${t("synthetic")}`} · {t("paper.printed", { date: today() })}
      </span>
    </footer>
  );
}
