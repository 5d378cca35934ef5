import { expect, test } from "vitest";
import { borders, type BorderLevel, type Line } from "./borders";
import { drawnIndex, FOUR_CELLS, square, type DrawnUnit } from "./drawn";
import type { LevelName } from "./types";

function drawn(units: readonly DrawnUnit[], lowest: LevelName): ReadonlyMap<BorderLevel, readonly Line[]> {
  const index = drawnIndex(units);
  return borders(index.byLevel.get(lowest) ?? [], index);
}

function length(lines: readonly Line[] | undefined): number {
  let sum = 0;
  for (const line of lines ?? []) {
    for (let i = 1; i < line.length; i += 1) {
      const [[ax, ay], [bx, by]] = [line[i - 1] ?? [NaN, NaN], line[i] ?? [NaN, NaN]];
      sum += Math.hypot(bx - ax, by - ay);
    }
  }
  return sum;
}

test("each border is drawn once, at its strongest level", () => {
  const lines = drawn(FOUR_CELLS, "cell");
  expect(length(lines.get("district"))).toBe(800);
  expect(length(lines.get("community"))).toBe(200);
  expect(length(lines.get("cell"))).toBe(200);
  expect(lines.has("street")).toBe(false);
});

test("the district's outline is one closed ring", () => {
  const outline = drawn(FOUR_CELLS, "cell").get("district") ?? [];
  expect(outline).toHaveLength(1);
  expect(outline[0]?.[0]).toEqual(outline[0]?.at(-1));
});

test("the border between two streets outranks their communities and cells", () => {
  const east: DrawnUnit[] = [
    { id: 2, level: "street", parent: null, rings: square(200, 0, 50, 200) },
    { id: 21, level: "community", parent: 2, rings: square(200, 0, 50, 200) },
    { id: 211, level: "cell", parent: 21, rings: [[[200, 0], [250, 0], [250, 200], [200, 200], [200, 100], [200, 0]]] },
  ];
  const lines = drawn([...FOUR_CELLS, ...east], "cell");
  expect(length(lines.get("street"))).toBe(200);
  expect(length(lines.get("community"))).toBe(200);
});

test("a plan without cells draws its communities' borders", () => {
  const lines = drawn(FOUR_CELLS.filter((unit) => unit.level !== "cell"), "community");
  expect(length(lines.get("community"))).toBe(200);
  expect(lines.has("cell")).toBe(false);
});

test("an enclosed cell keeps its whole ring as a border and is no hole in the district", () => {
  const outer = [...square(0, 0, 100, 100), ...square(40, 40, 20, 20)];
  const lines = drawn(
    [
      { id: 1, level: "cell", parent: null, rings: outer },
      { id: 2, level: "cell", parent: null, rings: square(40, 40, 20, 20) },
    ],
    "cell",
  );
  expect(length(lines.get("cell"))).toBe(80);
  expect(length(lines.get("district"))).toBe(400);
});

test("lines are joined between junctions, not left as single segments", () => {
  const wave: [number, number][] = Array.from({ length: 50 }, (_, i) => [100 + (i % 2), i * 2]);
  const first = wave[0] as [number, number];
  const last = wave.at(-1) as [number, number];
  const lines = drawn(
    [
      { id: 1, level: "cell", parent: null, rings: [[[0, 0], ...wave, [0, last[1]], [0, 0]]] },
      { id: 2, level: "cell", parent: null, rings: [[[200, 0], [200, last[1]], ...[...wave].reverse(), first, [200, 0]]] },
    ],
    "cell",
  );
  expect(lines.get("cell")).toHaveLength(1);
  expect(lines.get("cell")?.[0]).toHaveLength(50);
});
