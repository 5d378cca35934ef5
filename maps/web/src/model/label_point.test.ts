import { expect, test } from "vitest";
import { square } from "./drawn";
import { clipped, labelCircle, ringArea } from "./label_point";

test("a square's label stands in its centre with half its side as radius", () => {
  const circle = labelCircle([square(10, 20, 100, 100)]);
  expect(circle.x).toBeCloseTo(60, 0);
  expect(circle.y).toBeCloseTo(70, 0);
  expect(circle.radius).toBeCloseTo(50, 0);
});

test("the label of an L stands inside it, not at its centroid outside", () => {
  const ring = [[0, 0], [100, 0], [100, 20], [20, 20], [20, 100], [0, 100], [0, 0]];
  const { x, y, radius } = labelCircle([[ring]]);
  expect(x < 20 || y < 20).toBe(true);
  expect(radius).toBeGreaterThan(9.5);
});

test("a label keeps out of holes", () => {
  const { x, y, radius } = labelCircle([[...square(0, 0, 100, 100), ...square(10, 10, 60, 80)]]);
  expect(x - radius).toBeGreaterThan(69);
  expect(y).toBeGreaterThan(0);
});

test("of several parts the largest carries the label", () => {
  expect(labelCircle([square(0, 0, 10, 10), square(500, 0, 100, 100)]).x).toBeCloseTo(550, 0);
});

test("a polygon without area has no room for a label", () => {
  expect(labelCircle([[[[0, 0], [10, 0], [0, 0]]]]).radius).toBe(0);
});

test("ring areas are signed by direction", () => {
  const ring = square(0, 0, 10, 20)[0] ?? [];
  expect(ringArea(ring)).toBe(200);
  expect(ringArea([...ring].reverse())).toBe(-200);
});

test("a polygon is clipped to what the screen shows", () => {
  const [ring] = clipped(square(0, 0, 100, 100), [50, -20, 300, 40]);
  expect(Math.abs(ringArea(ring ?? []))).toBe(50 * 40);
  expect(labelCircle([clipped(square(0, 0, 100, 100), [50, -20, 300, 40])]).x).toBeGreaterThan(60);
});

test("a polygon off the screen leaves nothing", () => {
  expect(clipped(square(0, 0, 100, 100), [200, 200, 300, 300])).toEqual([]);
});

test("a polygon wholly on the screen stays as it is", () => {
  const [ring] = clipped(square(0, 0, 100, 100), [-1, -1, 101, 101]);
  expect(ringArea(ring ?? [])).toBe(10_000);
});
