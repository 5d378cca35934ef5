/** Everything that can be done to the selected unit, without a mouse: name, code, type, parent, lock, merge, dissolve, blocks. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { bandOf, byCode, isExempt, ordinaryParts, partsBandOf } from "../../model/bands";
import { area, count, decimal, percent } from "../../model/numbers";
import type { LevelName, Unit } from "../../model/types";
import { known } from "../../messages/translate";
import { BandFigure, PlainFigure } from "../../panels/Figure";
import * as state from "../../state/state";
import { language, named, t } from "../../state/state";
import { neighboursOf } from "../model/contiguity";
import { editable, model, pulse } from "../state/session";
import { submit } from "../state/sync";
import { BlockList } from "./BlockList";

const TYPES: Readonly<Record<LevelName, readonly string[]>> = {
  street: ["street", "office", "town"],
  community: ["community", "village", "farm"],
  cell: ["ordinary", "exclusive"],
};

export function UnitEditor(): JSX.Element {
  const unit = state.selected.value;
  void pulse.value;
  if (unit === null) return <p class="quiet pad">{t("edit.select_unit")}</p>;
  const children = state.planUnits.value.childrenOf.get(unit.id) ?? [];
  const [district, plan] = [state.district.value, state.plan.value];
  const partsBand = district === null || plan === null ? null : partsBandOf(district, unit, plan);
  return (
    <div class="unit-editor" key={unit.id}>
      <h2>{named(unit) || t("edit.new_unit")}</h2>
      <dl class="figures compact">
        {(["residents", "households", "floating"] as const).map((measure) => (
          <BandFigure
            key={measure}
            label={t(`measure.${measure}`)}
            value={unit[measure]}
            band={district === null ? null : bandOf(district, unit, measure)}
            exempt={isExempt(unit.type)}
            compact
          />
        ))}
        {children.length > 0 && unit.level !== "cell" && <BandFigure label={t(`measure.children.${unit.level}`)} value={ordinaryParts(children)} band={partsBand} compact />}
        <PlainFigure label={t("measure.area")} value={area(unit.area_m2, language.value)} />
        <PlainFigure label={t("measure.compactness")} value={decimal(unit.compactness, 2, language.value)} />
        <PlainFigure label={t("measure.clear_border")} value={percent(unit.clear_border_share, language.value)} />
      </dl>
      {editable.value && <Attributes unit={unit} />}
      {editable.value && <Moves unit={unit} />}
      {unit.level === model.value?.lowest && <BlockList unit={unit} />}
    </div>
  );
}

function Attributes({ unit }: { readonly unit: Unit }): JSX.Element {
  const locked = unit.locked === true;
  const save = (name: "name" | "name_en" | "code" | "type", value: string): void => {
    const given = name === "name" || name === "type" ? value : value === "" ? null : value;
    if (given !== unit[name] && given !== "") submit({ operation: "update", arguments: { unit: unit.id, [name]: given } });
  };
  return (
    <fieldset class="attributes" disabled={locked}>
      <legend class="visually-hidden">{t("edit.attributes")}</legend>
      {(["name", "name_en", "code"] as const).map((name) => (
        <label key={name} class="field">
          <span>{t(`edit.field.${name}`)}</span>
          <input key={`${unit.id} ${unit[name] ?? ""}`} defaultValue={unit[name] ?? ""} onChange={(event) => save(name, event.currentTarget.value.trim())} />
        </label>
      ))}
      <label class="field">
        <span>{t("edit.field.type")}</span>
        <select value={unit.type} onChange={(event) => save("type", event.currentTarget.value)}>
          {[...new Set([...TYPES[unit.level], unit.type])].map((type) => (
            <option key={type} value={type}>
              {t(known(`type.${type}`, `level.${unit.level}`))}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}

function Moves({ unit }: { readonly unit: Unit }): JSX.Element | null {
  const plan = model.value;
  if (plan === null) return null;
  const index = state.planUnits.value;
  const above = plan.levels[plan.levels.indexOf(unit.level) - 1];
  const parents = above === undefined ? [] : [...(index.byLevel.get(above) ?? [])].sort(byCode);
  const near = [...neighboursOf(plan, unit.id)].sort((a, b) => b[1] - a[1]).flatMap(([id]) => index.byId.get(id) ?? []);
  const locked = unit.locked === true;
  return (
    <div class="moves">
      {above !== undefined && (
        <label class="field">
          <span>{t(`level.${above}`)}</span>
          <select disabled={locked} value={unit.parent ?? ""} onChange={(event) => submit({ operation: "move", arguments: { unit: unit.id, parent: event.currentTarget.value } })}>
            {parents.map((parent) => (
              <option key={parent.id} value={parent.id}>
                {named(parent)}
              </option>
            ))}
          </select>
        </label>
      )}
      <WithUnit label={t("edit.merge_with")} units={near} disabled={locked} act={(into) => submit({ operation: "merge", arguments: { units: [unit.id, into], into } })} />
      <WithUnit
        label={t("edit.dissolve")}
        units={near}
        disabled={locked}
        first={t("edit.dissolve_nearest")}
        act={(into) => submit({ operation: "dissolve", arguments: into === "" ? { unit: unit.id } : { unit: unit.id, into } })}
      />
      <div class="actions">
        <button class="button" onClick={() => submit({ operation: locked ? "unlock" : "lock", arguments: { units: [unit.id] } })}>
          {t(locked ? "edit.unlock" : "edit.lock")}
        </button>
        {above !== undefined && (
          <button class="button" disabled={locked} onClick={() => makeAbove(unit, above)}>
            {t(above === "community" ? "edit.new_community" : "edit.new_street")}
          </button>
        )}
      </div>
    </div>
  );
}

/** A unit of the level above that holds just this one; others can move to it then. */
function makeAbove(unit: Unit, above: LevelName): void {
  const parent = state.planUnits.peek().byId.get(unit.parent ?? "");
  submit({ operation: "create", arguments: { level: above, parent: parent?.parent ?? null, units: [unit.id] } });
}

interface WithUnitProps {
  readonly label: string;
  readonly units: readonly Unit[];
  readonly disabled: boolean;
  readonly first?: string;
  readonly act: (id: string) => void;
}

/** A neighbour to choose and a button that does it: choosing alone changes nothing. */
function WithUnit({ label, units, disabled, first, act }: WithUnitProps): JSX.Element | null {
  const [id, choose] = useState<string | null>(null);
  if (units.length === 0) return null;
  const value = id ?? (first === undefined ? (units[0]?.id ?? "") : "");
  return (
    <div class="with-unit">
      <select aria-label={label} disabled={disabled} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {first !== undefined && <option value="">{first}</option>}
        {units.map((unit) => (
          <option key={unit.id} value={unit.id}>
            {named(unit)} ({count(unit.residents, language.value)})
          </option>
        ))}
      </select>
      <button class="button" disabled={disabled} onClick={() => act(value)}>
        {label}
      </button>
    </div>
  );
}
