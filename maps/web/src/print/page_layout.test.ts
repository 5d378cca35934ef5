import { describe, expect, it } from "vitest";
import { cssPixels, DENOMINATORS, denominatorFor, layOut, resolutionFor } from "./page_layout";

describe("the paper", () => {
  it("holds title, map and notes inside its margins without overlap", () => {
    for (const size of ["A4", "A3"] as const) {
      for (const orientation of ["portrait", "landscape"] as const) {
        const { wide, high, title, map, notes } = layOut(size, orientation);
        expect(title.y + title.high).toBe(map.y);
        expect(map.y + map.high).toBeCloseTo(notes.y);
        expect(notes.y + notes.high).toBe(high - 10);
        expect(map.x + map.wide).toBe(wide - 10);
        expect(map.high).toBeGreaterThan(100);
      }
    }
  });

  it("takes the finest round scale that shows all", () => {
    const frame = { x: 0, y: 0, wide: 200, high: 100 };
    expect(denominatorFor(2000, 500, frame)).toBe(10_000);
    expect(denominatorFor(2001.9, 500, frame)).toBe(10_000);
    expect(denominatorFor(2100, 500, frame)).toBe(12_500);
    expect(denominatorFor(100, 2000, frame)).toBe(20_000);
    expect(denominatorFor(90_000, 10, frame)).toBe(450_000);
  });

  it("keeps its promise of scale: a metre on the map is so long on paper", () => {
    expect(DENOMINATORS[0]).toBe(500);
    // 1:10,000: 100 mm of paper are 1,000 m.
    expect(cssPixels(100) * resolutionFor(10_000)).toBeCloseTo(1000);
  });
});
