/** The table of units: the way to read a plan without a mouse. */

import { byCode } from "./bands";
import type { Unit } from "./types";

export type Column =
  | "code"
  | "name"
  | "parent"
  | "residents"
  | "households"
  | "floating"
  | "area_m2"
  | "compactness"
  | "findings";

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** A click on the column in use turns it round; a new column starts the way it is usually read. */
export function reorder(order: Order, column: Column): Order {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column !== "code" && column !== "name" && column !== "parent" };
}

/** Sorted copy. Unknown values stand last whatever the direction; ties fall back to the code. */
export function sortUnits(units: readonly Unit[], order: Order, parentName: (unit: Unit) => string): Unit[] {
  const direction = order.descending ? -1 : 1;
  return [...units].sort((a, b) => {
    const [x, y] = [sortValue(a, order.column, parentName), sortValue(b, order.column, parentName)];
    if (x === null || y === null) return x === y ? byCode(a, b) : x === null ? 1 : -1;
    const difference =
      typeof x === "string" || typeof y === "string" ? String(x).localeCompare(String(y), "zh-CN") : x - y;
    return direction * difference || byCode(a, b);
  });
}

function sortValue(unit: Unit, column: Column, parentName: (unit: Unit) => string): number | string | null {
  if (column === "parent") return parentName(unit);
  if (column === "findings") return unit.findings.length;
  return unit[column];
}

/** Units whose name, English name or code contains the text. */
export function matching(units: readonly Unit[], text: string): readonly Unit[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return units;
  return units.filter((unit) =>
    [unit.name, unit.name_en, unit.code].some((value) => value?.toLowerCase().includes(wanted)),
  );
}
