/** The top: which plan, search, language. */

import type { JSX } from "preact";
import type { Language } from "../model/numbers";
import { PlanMenu } from "../plans/PlanMenu";
import { chooseDistrict, chooseLanguage } from "../state/load";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Search } from "./Search";

export function TopBar(): JSX.Element {
  const district = state.district.value;
  return (
    <header class="top-bar">
      <div class="brand">
        <span class="brand-name">{t("app.name")}</span>
      </div>
      <DistrictChoice />
      {district?.synthetic === true && (
        <span class="synthetic" title={t("synthetic.long")}>
          {t("synthetic")}
        </span>
      )}
      <PlanMenu />
      <span class="stretch" />
      {!state.noDistrict.value && <Search />}
      <label class="language">
        <span class="visually-hidden">{t("language")}</span>
        <select value={language.value} onChange={(event) => void chooseLanguage(event.currentTarget.value as Language)}>
          <option value="zh-CN" lang="zh-CN">中文</option>
          <option value="en" lang="en">English</option>
        </select>
      </label>
    </header>
  );
}

function DistrictChoice(): JSX.Element | null {
  const all = state.districts.value ?? [];
  const district = state.district.value;
  if (district === null) return null;
  if (all.length === 1) return <span class="district-name">{named(district)}</span>;
  return (
    <label>
      <span class="visually-hidden">{t("district.choose")}</span>
      <select value={state.districtId.value ?? ""} onChange={(event) => chooseDistrict(event.currentTarget.value)}>
        {all.map((one) => (
          <option key={one.id} value={String(one.id)}>
            {named(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
