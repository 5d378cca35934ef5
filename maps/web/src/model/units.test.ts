import { expect, test } from "vitest";
import { drawnIndex, FOUR_CELLS, square } from "./drawn";
import { ancestors, total } from "./units";

test("units know their parents, nearest first, and their children", () => {
  const index = drawnIndex(FOUR_CELLS);
  const cell = index.byId.get("122");
  expect(cell && ancestors(index, cell).map((unit) => unit.id)).toEqual(["12", "1"]);
  expect(index.childrenOf.get("11")?.map((unit) => unit.id)).toEqual(["111", "112"]);
  expect(index.byLevel.get("cell")).toHaveLength(4);
});

test("a total with an unknown part is unknown", () => {
  const index = drawnIndex([
    { id: 1, level: "cell", parent: null, residents: 1000, rings: square(0, 0, 1, 1) },
    { id: 2, level: "cell", parent: null, residents: null, rings: square(1, 0, 1, 1) },
  ]);
  expect(total(index.byId.values(), (unit) => unit.residents)).toBeNull();
  expect(total(index.byId.values(), (unit) => unit.households)).toBe(800);
});

test("a unit that names itself as its parent does not hang the page", () => {
  const index = drawnIndex([{ id: 1, level: "cell", parent: 1, rings: square(0, 0, 1, 1) }]);
  const unit = index.byId.get("1");
  expect(unit && ancestors(index, unit)).toHaveLength(1);
});

test("bounds hold the whole unit", () => {
  expect(drawnIndex(FOUR_CELLS).byId.get("121")?.bounds).toEqual([100, 0, 200, 100]);
});
