/** A service point: what it is, where it stands and what it offers. */

import type { JSX } from "preact";
import { known } from "../messages/translate";
import { count } from "../model/numbers";
import type { ServicePoint } from "../model/types";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { PlainFigure } from "./Figure";
import { Icon } from "./icons";

export function PointPanel({ point }: { readonly point: ServicePoint }): JSX.Element {
  const units = state.planUnits.value.byId;
  const elsewhere = point.unit !== null && units.size > 0 && !units.has(point.unit);
  return (
    <>
      <header class="unit-head">
        <p class="parents">{t(known(`point.kind.${point.kind}`, "point.kind.other"))}</p>
        <h1>
          {named(point)}
          <button
            class="plain-button"
            aria-label={t("unit.deselect")}
            title={`${t("unit.deselect")} (Esc)`}
            onClick={() => (state.servicePoint.value = null)}
          >
            <Icon name="close" />
          </button>
        </h1>
        {language.value === "en" && point.name_en !== null && (
          <p class="other-name" lang="zh-CN">
            {point.name}
          </p>
        )}
      </header>
      {elsewhere && <p class="warning">{t("point.elsewhere")}</p>}
      <dl class="figures">
        <PlainFigure label={t("point.windows")} value={count(point.windows, language.value)} />
        <PlainFigure label={t("point.offers")} value={count(point.offers.length, language.value)} />
      </dl>
      <ul class="offers" lang="zh-CN">
        {point.offers.map((offer) => (
          <li key={offer}>{offer}</li>
        ))}
      </ul>
    </>
  );
}
