import { expect, test } from "vitest";
import { drawnIndex, square } from "./drawn";
import { matching, reorder, sortUnits } from "./table";

const INDEX = drawnIndex([
  { id: 1, level: "cell", parent: null, name: "府前里", code: "003", residents: 1200, rings: square(0, 0, 1, 1) },
  { id: 2, level: "cell", parent: null, name: "柳堤东", code: "001", residents: null, rings: square(1, 0, 1, 1) },
  { id: 3, level: "cell", parent: null, name: "钵池", code: "002", residents: 1500, rings: square(2, 0, 1, 1) },
]);
const UNITS = [...INDEX.byId.values()];
const ids = (order: Parameters<typeof sortUnits>[1]): string[] => sortUnits(UNITS, order, () => "").map((unit) => unit.id);

test("units sort by a figure in both directions and unknown ones stay last", () => {
  expect(ids({ column: "residents", descending: true })).toEqual(["3", "1", "2"]);
  expect(ids({ column: "residents", descending: false })).toEqual(["1", "3", "2"]);
});

test("ties fall back to the code", () => {
  expect(ids({ column: "findings", descending: true })).toEqual(["2", "3", "1"]);
});

test("sorting leaves the given list as it was", () => {
  const before = UNITS.map((unit) => unit.id);
  ids({ column: "name", descending: true });
  expect(UNITS.map((unit) => unit.id)).toEqual(before);
});

test("a second click turns the order round, a new figure starts with the largest", () => {
  expect(reorder({ column: "code", descending: false }, "code")).toEqual({ column: "code", descending: true });
  expect(reorder({ column: "code", descending: true }, "residents")).toEqual({ column: "residents", descending: true });
  expect(reorder({ column: "residents", descending: true }, "name")).toEqual({ column: "name", descending: false });
});

test("the filter finds names and codes", () => {
  expect(matching(UNITS, " 柳堤 ").map((unit) => unit.id)).toEqual(["2"]);
  expect(matching(UNITS, "00").length).toBe(3);
  expect(matching(UNITS, "不存在")).toEqual([]);
});
