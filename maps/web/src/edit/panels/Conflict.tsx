/** Mine and theirs at the same place: shown on the map, and one of three ways out. Nothing is lost meanwhile. */

import type { JSX } from "preact";
import * as palette from "../../map/palette";
import { zoomAround } from "../../state/commands";
import { localTime } from "../../state/local_time";
import * as state from "../../state/state";
import { t } from "../../state/state";
import { boxOfSides, type Side } from "../model/sides";
import { conflict, fork, resolve, sentence } from "../state/sync";
import { askedText, editText } from "../state/words";

export function Conflict(): JSX.Element | null {
  const found = conflict.value;
  if (found === null) return null;
  const { pending, theirs, sides } = found;
  const box = boxOfSides([sides.mine, sides.theirs]);
  return (
    <section class="conflict" role="alertdialog" aria-label={t("edit.conflict")}>
      <h2>{t("edit.conflict")}</h2>
      <p>{t("edit.conflict_about")}</p>
      <h3>{t("edit.mine")}</h3>
      <p>{askedText(pending)}</p>
      <Keys side="mine" {...sides.mine} />
      <h3>{t("edit.theirs")}</h3>
      <ul>
        {theirs.map((edit) => (
          <li key={edit.revision}>
            <strong>{edit.actor.name}</strong> {editText(edit)} <span class="quiet">{localTime(edit.at)}</span>
          </li>
        ))}
      </ul>
      <Keys side="theirs" {...sides.theirs} />
      <div class="actions">
        <button class="button primary" onClick={() => resolve("mine")}>
          {t("edit.take_mine")}
        </button>
        <button class="button" onClick={() => resolve("theirs")}>
          {t("edit.take_theirs")}
        </button>
        <button class="button" onClick={() => void fork().catch((failure: unknown) => state.notify("error", sentence(failure)))}>
          {t("edit.fork")}
        </button>
        {box !== null && (
          <button class="button" onClick={() => zoomAround(box)}>
            {t("edit.conflict_show")}
          </button>
        )}
      </div>
    </section>
  );
}

/** How a side looks on the map, as far as it is on it. */
function Keys({ side, areas, lines }: Side & { readonly side: "mine" | "theirs" }): JSX.Element {
  const colour = side === "mine" ? palette.ABOVE : palette.BELOW;
  const stripes = side === "mine" ? "M-2 16L14 0M6 16L22 0M14 16L30 0" : "M-2 0L14 16M6 0L22 16M14 0L30 16";
  const shown = [...(areas.length > 0 ? (["area"] as const) : []), ...(lines.length > 0 ? (["line"] as const) : [])];
  return (
    <ul class="side-keys">
      {shown.map((look) => (
        <li key={look}>
          <svg viewBox="0 0 28 16" aria-hidden="true" fill="none" stroke={colour} stroke-dasharray={side === "theirs" ? "6 4" : undefined}>
            {look === "line" ? <path d="M1 8H27" stroke-width="3" /> : <rect x="1" y="1" width="26" height="14" stroke-width="2" />}
            {look === "area" && <path d={stripes} stroke-width="1.8" stroke-dasharray="none" />}
          </svg>
          {t(side === "mine" ? `edit.side.mine.${look}` : `edit.side.theirs.${look}`)}
        </li>
      ))}
    </ul>
  );
}
