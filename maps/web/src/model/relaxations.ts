/** The nearest changes of a rule that would lift a proven impossibility, from the numbers of its sentence. */

import type { Limits, Told } from "./proposals";

export type Relaxation =
  | { readonly way: "count"; readonly low: number; readonly high: number }
  | { readonly way: "upper" | "lower"; readonly measure: string; readonly value: number }
  | { readonly way: "band"; readonly measure: string; readonly low: number; readonly high: number }
  | { readonly way: "cut" | "exempt" | "link" };

export type Bands = Readonly<Record<string, Limits>>;

/** Each of them alone would do, but `band`s go together; none where the numbers do not say. */
export function relaxationsOf(told: Told, bands: Bands): readonly Relaxation[] {
  const { figures } = told;
  const column = typeof figures["column"] === "string" ? figures["column"] : "";
  const total = numberOf(figures, "total");
  switch (told.rule) {
    case "block_above_band":
      return [{ way: "cut" }, { way: "exempt" }, ...upper(column, total)];
    case "articulation":
      return [{ way: "cut" }, { way: "link" }, ...upper(column, total)];
    case "out_of_reach":
      return [{ way: "exempt" }, ...lower(column, numberOf(figures, "reached"))];
    case "out_of_proportion":
      return ofProportion(told, column, total);
    case "no_division":
      return widerBands(told);
    case "parent_count":
    case "piece_count":
    case "total_count":
      return ofCount(told, bands);
    default:
      return [];
  }
}

function ofProportion({ figures }: Told, column: string, total: number): readonly Relaxation[] {
  const within = typeof figures["within"] === "string" ? figures["within"] : "";
  const rate = total / numberOf(figures, "spent");
  return [...lower(column, rate * numberOf(figures, "high")), ...upper(within, numberOf(figures, "low") / rate)];
}

function widerBands({ figures }: Told): readonly Relaxation[] {
  return Object.keys(figures)
    .filter((name) => name.startsWith("low:"))
    .map((name) => {
      const measure = name.slice("low:".length);
      return { way: "band", measure, low: numberOf(figures, name), high: numberOf(figures, `high:${measure}`) };
    });
}

/** How many units the counts allow against how many are asked for. */
function ofCount({ figures }: Told, bands: Bands): readonly Relaxation[] {
  const [least, most] = [numberOf(figures, "least"), numberOf(figures, "most")];
  const [low, high] = [numberOf(figures, "allowed_low"), numberOf(figures, "allowed_high")];
  const sums = Object.entries(bands).map(([measure, [from, to]]) => [measure, numberOf(figures, measure), from, to] as const);
  if (least > most) {
    const fewest = sums.filter(([, , from]) => from > 0).sort((one, two) => one[1] / one[2] - two[1] / two[2])[0];
    const largest = sums.find(([, sum, , to]) => Math.ceil(sum / to) === least);
    return [
      ...(largest === undefined || most < 1 ? [] : upper(largest[0], largest[1] / most)),
      ...(fewest === undefined ? [] : lower(fewest[0], fewest[1] / least)),
    ];
  }
  const span: Relaxation = { way: "count", low: least, high: most };
  if (least > high) {
    const binding = sums.find(([, sum, , to]) => Math.ceil(sum / to) > high);
    return [span, ...(binding === undefined ? [] : upper(binding[0], binding[1] / high))];
  }
  if (most < low) {
    const binding = sums.find(([, sum, from]) => from > 0 && Math.floor(sum / from) < low);
    return [span, ...(binding === undefined ? [] : lower(binding[0], binding[1] / low))];
  }
  return [];
}

function upper(measure: string, value: number): readonly Relaxation[] {
  return measure !== "" && Number.isFinite(value) ? [{ way: "upper", measure, value: Math.ceil(value) }] : [];
}

function lower(measure: string, value: number): readonly Relaxation[] {
  return measure !== "" && Number.isFinite(value) ? [{ way: "lower", measure, value: Math.floor(value) }] : [];
}

function numberOf(figures: Told["figures"], name: string): number {
  const value = figures[name];
  return typeof value === "number" ? value : NaN;
}
