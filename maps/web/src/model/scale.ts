/** Map scale: metres a pixel, the denominator people know, and what is worth drawing at it. */

/** OGC's standard pixel, 0.28 mm: the denominator is then the same on every screen. */
const PIXEL_M = 0.00028;

export function denominator(metresPerPixel: number): number {
  return metresPerPixel / PIXEL_M;
}

export function resolutionAt(scaleDenominator: number): number {
  return scaleDenominator * PIXEL_M;
}

/** `1:12,300`, rounded to what can be read off a screen. */
export function scaleText(metresPerPixel: number, language: string): string {
  const exact = denominator(metresPerPixel);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
  return `1:${new Intl.NumberFormat(language).format(Math.round(exact / step) * step)}`;
}

export interface ScaleBar {
  readonly metres: number;
  readonly pixels: number;
}

/** The longest round length (1, 2 or 5 times a power of ten) that fits into `maxPixels`. */
export function scaleBar(metresPerPixel: number, maxPixels: number): ScaleBar {
  const most = metresPerPixel * maxPixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
  return { metres, pixels: metres / metresPerPixel };
}

/** The coarsest denominator at which a kind of thing is drawn. */
export const SHOWN_FROM = {
  arterial: Infinity,
  collector: 60_000,
  lane: 22_000,
  buildings: 10_000,
  walls: 8_000,
  compounds: 8_000,
  compound_names: 5_000,
  service_points: 16_000,
  street_halls: 60_000,
  service_point_names: 4_500,
  road_names: 16_000,
  lane_names: 4_500,
  incidents: 16_000,
} as const;

export type Drawn = keyof typeof SHOWN_FROM;

export function isShown(what: Drawn, metresPerPixel: number): boolean {
  return denominator(metresPerPixel) <= SHOWN_FROM[what];
}
