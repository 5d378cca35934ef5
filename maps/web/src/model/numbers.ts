/** Numbers as people read them: thousands separated, units written out, an unknown never shown as zero. */

export type Language = "zh-CN" | "en";

export const UNKNOWN = "–";

const formats = new Map<string, Intl.NumberFormat>();

function format(language: Language, decimals: number, fixed: boolean): Intl.NumberFormat {
  const key = `${language} ${decimals} ${fixed}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(language, {
      maximumFractionDigits: decimals,
      minimumFractionDigits: fixed ? decimals : 0,
    });
    formats.set(key, found);
  }
  return found;
}

/** A count of people, households or things; fractional counts (kept from imports) show one decimal. */
export function count(value: number | null | undefined, language: Language): string {
  return value === null || value === undefined ? UNKNOWN : format(language, 1, false).format(value);
}

/** A figure with a fixed number of decimals, so that columns stand still. */
export function decimal(value: number | null | undefined, decimals: number, language: Language): string {
  return value === null || value === undefined ? UNKNOWN : format(language, decimals, true).format(value);
}

/** A share between 0 and 1 as a percentage. */
export function percent(share: number | null | undefined, language: Language): string {
  return share === null || share === undefined ? UNKNOWN : `${format(language, 0, true).format(share * 100)} %`;
}

/** An area: square kilometres from 1 km² on, hectares below. */
export function area(area_m2: number | null | undefined, language: Language): string {
  if (area_m2 === null || area_m2 === undefined) return UNKNOWN;
  return area_m2 >= 1e6
    ? `${decimal(area_m2 / 1e6, 2, language)} km²`
    : `${decimal(area_m2 / 1e4, area_m2 >= 1e5 ? 1 : 2, language)} ha`;
}

/** Decimals for the breaks of a classification: rounding moves none by more than a tenth of its smallest class. */
export function breakDecimals(breaks: readonly number[]): number {
  let decimals = 0;
  const gaps = breaks.slice(1).map((b, i) => b - (breaks[i] ?? b)).filter((gap) => gap > 0);
  const smallest = Math.min(...gaps);
  while (decimals < 4 && Number.isFinite(smallest) && smallest < 5 * 10 ** -decimals) decimals += 1;
  return decimals;
}

/** A date as `2010-06-18` in both languages: the form the plans themselves print. */
export function day(value: string | null | undefined): string {
  return value ? value.slice(0, 10) : UNKNOWN;
}
