/** What the signs on a printed map mean, and where it comes from: as on the screen, for what is drawn. */

import * as palette from "../map/palette";
import { signOf } from "../model/bands";
import { authorityInEnglish, numberInEnglish } from "../model/approval";
import { legendRows, ramp } from "../model/classes";
import { day } from "../model/numbers";
import type { District, Plan } from "../model/types";
import { known } from "../messages/translate";
import { sourceLines } from "../panels/Legend";
import { comparison } from "../plans/comparing";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import type { Entry } from "./paper";

/** The figure that colours the map with its unit, or nothing where only borders are drawn. */
export function legendTitle(): string {
  const figures = state.figures.peek();
  if (figures === null) return "";
  const [name, unit] = [known(`figure.${figures.measure}`, "rule.other"), known(`figure.unit.${figures.unit}`, "rule.other")];
  return `${t(name, { rule: figures.measure })}${language.peek() === "en" ? " " : ""}(${t(unit, { rule: figures.unit })})`;
}

export function legendEntries(): readonly (readonly Entry[])[] {
  return [borderEntries(), comparison.peek() === null ? [] : compareEntries(), fillEntries()].filter((group) => group.length > 0);
}

/** How the classes were cut, of what period and against what. */
export function figureNotes(): readonly string[] {
  const figures = state.figures.peek();
  return figures === null ? [] : [legendTitle(), ...sourceLines(figures)];
}

const WIDTHS = { street: 0.75, community: 0.5, cell: 0.28 } as const;

function borderEntries(): Entry[] {
  const levels = state.plan.peek()?.levels ?? [];
  const outline: Entry = { label: t("paper.border.district"), line: { colour: palette.BORDER, width_mm: 0.9 } };
  return [outline, ...levels.map((level) => ({ label: t(`paper.border.${level}`), line: { colour: palette.BORDER, width_mm: WIDTHS[level] } }))];
}

function compareEntries(): Entry[] {
  return [
    { label: t("compare.key.area", { level: t(`level.${state.level.peek()}`) }), pattern: "changed" },
    { label: t("compare.key.old"), line: { colour: palette.COMPARED, width_mm: 0.6, dashed: true } },
    { label: t("compare.key.new"), line: { colour: palette.NEW, width_mm: 0.8 } },
  ];
}

function fillEntries(): Entry[] {
  const figures = state.figures.peek();
  const shown = state.shownUnits.peek();
  if (figures === null) {
    const signs = new Set(shown.map(signOf));
    const found: Entry[] = [];
    if (signs.has("above")) found.push({ label: `▲ ${t("legend.above")}`, pattern: "above" });
    if (signs.has("below")) found.push({ label: `▼ ${t("legend.below")}`, pattern: "below" });
    if (shown.some((unit) => unit.type === "exclusive")) found.push({ label: `◇ ${t("legend.exclusive")}`, pattern: "exclusive" });
    return found;
  }
  const colours = ramp(figures.breaks.length - 1);
  return legendRows(figures, shown.map((unit) => unit.id), language.peek()).map((row) =>
    typeof row.of === "number"
      ? { label: row.label ?? "", fill: colours[row.of] ?? palette.GROUND }
      : { label: t(`legend.${row.of}`), pattern: row.of },
  );
}

/** Who approved a plan under which number, in the reader's language where that can be said. */
export function approval({ authority, number }: Plan, district: District): readonly string[] {
  const english = language.value === "en";
  const told = [
    authority !== null && english ? (authorityInEnglish(authority, district) ?? authority) : authority,
    number !== null && english ? (numberInEnglish(number) ?? number) : number,
  ];
  return told.filter((one) => one !== null).filter((one) => one !== "");
}

/** Approval, counts, coordinates and source, a line each. */
export function noteLines(district: District, plan: Plan, printed: string): string[] {
  const approved = approval(plan, district).join(" · ");
  const figures = state.figures.peek();
  const counted = figures?.count_date ?? plan.count_date;
  return [
    approved,
    counted === null ? "" : t("figure.count_date", { date: day(counted) }),
    t("paper.source", { district: named(district), srid: district.srid }),
    district.synthetic ? t("synthetic.long") : "",
    t("paper.printed", { date: printed }),
  ].filter((line) => line !== "");
}
