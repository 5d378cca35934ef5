/** Compounds that cells split: whose they are, with how many people; choosing one flies there. */

import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import { count } from "../../model/numbers";
import { marked, showPlace } from "../../state/commands";
import * as state from "../../state/state";
import { language, named, t } from "../../state/state";
import { unitInScope } from "../state/scope";
import { splitCompounds, type Share, type SplitCompound } from "../state/compounds";
import { model } from "../state/session";

export function SplitCompounds(): JSX.Element | null {
  useEffect(() => () => void (marked.value = null), []);
  const [all, plan] = [splitCompounds.value, model.value];
  if (all === null || (state.district.value?.layers.compounds?.count ?? 0) === 0) return null;
  const found = all.filter(({ shares }) => plan === null || shares.some(({ unit }) => unitInScope(plan, String(unit))));
  const level = t(`levels.${plan?.lowest ?? "cell"}`).toLocaleLowerCase();
  if (found.length === 0) return <p class="compounds-line all-right">✓ {t("edit.compounds.none", { level })}</p>;
  return (
    <details class="split-compounds">
      <summary>
        <span class="verdict above">! {t("edit.compounds", { n: found.length, level })}</span>
      </summary>
      <ul class="unit-list">
        {found.map((one) => (
          <Row key={one.id} compound={one} />
        ))}
      </ul>
    </details>
  );
}

function Row({ compound }: { readonly compound: SplitCompound }): JSX.Element {
  return (
    <li>
      <button title={t("propose.fly")} aria-pressed={marked.value === compound.bounds} onClick={() => showPlace(compound.bounds)}>
        <span class="name">{named(compound)}</span>
        <span class="shares">
          {compound.shares.map((share) => (
            <span key={share.unit}>
              {unitName(share)} <span class="value">{shareText(share)}</span>
            </span>
          ))}
        </span>
      </button>
    </li>
  );
}

/** Units renamed since are known to the page first. */
function unitName(share: Share): string {
  return named(state.planUnits.value.byId.get(String(share.unit)) ?? share);
}

function shareText({ residents, buildings }: Share): string {
  const n = count(residents ?? buildings, language.value);
  return t(residents === null ? "edit.compounds.buildings" : "edit.compounds.residents", { n });
}
