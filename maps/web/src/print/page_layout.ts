/** The paper: sizes, and where title, map and notes stand on it. Lengths are millimetres, y grows downwards. */

export type PaperSize = "A4" | "A3";
export type Orientation = "landscape" | "portrait";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly high: number;
}

export interface PageLayout {
  readonly wide: number;
  readonly high: number;
  readonly title: Box;
  readonly map: Box;
  readonly notes: Box;
}

const SIZES: Readonly<Record<PaperSize, readonly [number, number]>> = { A4: [210, 297], A3: [297, 420] };
const MARGIN = 10;
const TITLE = 15;
const NOTES = 38;

export function layOut(size: PaperSize, orientation: Orientation): PageLayout {
  const [short, long] = SIZES[size];
  const [wide, high] = orientation === "portrait" ? [short, long] : [long, short];
  const inner = wide - 2 * MARGIN;
  return {
    wide,
    high,
    title: { x: MARGIN, y: MARGIN, wide: inner, high: TITLE },
    map: { x: MARGIN, y: MARGIN + TITLE, wide: inner, high: high - 2 * MARGIN - TITLE - NOTES },
    notes: { x: MARGIN, y: high - MARGIN - NOTES, wide: inner, high: NOTES },
  };
}

/** CSS pixels of a length on paper: the map is drawn as on a screen of 96 pixels an inch. */
export function cssPixels(mm: number): number {
  return (mm / 25.4) * 96;
}

const STEPS: readonly number[] = [1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7.5];

/** Round denominators from 1:500 to 1:200,000, finest first. */
export const DENOMINATORS: readonly number[] = [100, 1000, 10_000, 100_000]
  .flatMap((power) => STEPS.map((step) => step * power))
  .filter((one) => one >= 500 && one <= 200_000);

/** The finest round scale at which so many metres find room on so many millimetres. */
export function denominatorFor(wide_m: number, high_m: number, frame: Box): number {
  const exact = Math.max(wide_m / frame.wide, high_m / frame.high) * 1000;
  return DENOMINATORS.find((one) => one >= exact * 0.999) ?? Math.ceil(exact / 50_000) * 50_000;
}

/** Metres a CSS pixel at a scale on paper. */
export function resolutionFor(denominator: number): number {
  return (denominator * 0.0254) / 96;
}
