import { expect, test } from "vitest";
import { denominator, isShown, resolutionAt, scaleBar, scaleText } from "./scale";

test("a scale's denominator and its metres a pixel are inverse", () => {
  expect(denominator(resolutionAt(10_000))).toBeCloseTo(10_000, 6);
});

test.each([
  [2.8, "1:10,000"],
  [8.123, "1:29,000"],
  [0.337, "1:1,200"],
])("%s metres a pixel read as %s", (resolution, text) => {
  expect(scaleText(resolution, "en")).toBe(text);
});

test.each([
  [1, 100, 100],
  [8, 110, 500],
  [0.3, 110, 20],
])("at %s m a pixel a bar of at most %s pixels is %s m long", (resolution, pixels, metres) => {
  const bar = scaleBar(resolution, pixels);
  expect(bar.metres).toBe(metres);
  expect(bar.pixels).toBeLessThanOrEqual(pixels);
});

test("buildings appear from 1:10,000 on", () => {
  expect(isShown("buildings", resolutionAt(10_001))).toBe(false);
  expect(isShown("buildings", resolutionAt(9_999))).toBe(true);
});
