import { expect, test } from "vitest";
import type { Told } from "./proposals";
import { relaxationsOf, type Relaxation } from "./relaxations";

const BANDS = { residents: [1000, 1500], households: [300, 500] } as const;

function told(rule: string, figures: Told["figures"]): Told {
  return { rule, parent: "柳堤社区", blocks: ["0417"], message: "", figures, bounds: null };
}

test.each<[string, Told, readonly Relaxation[]]>([
  [
    "a block above the band is cut, exempted or let in",
    told("block_above_band", { column: "residents", total: 1873, high: 1500 }),
    [{ way: "cut" }, { way: "exempt" }, { way: "upper", measure: "residents", value: 1873 }],
  ],
  [
    "a block that joins others is cut, or they are linked",
    told("articulation", { column: "residents", total: 1550.5, cut_off: 900, high: 1500 }),
    [{ way: "cut" }, { way: "link" }, { way: "upper", measure: "residents", value: 1551 }],
  ],
  [
    "blocks that cannot reach the lower limit",
    told("out_of_reach", { column: "households", reached: 287.6, low: 300 }),
    [{ way: "exempt" }, { way: "lower", measure: "households", value: 287 }],
  ],
  [
    "5 units are allowed where 7,756 residents need 6 to 7",
    told("parent_count", { residents: 7756, households: 2600, least: 6, most: 7, allowed_low: 5, allowed_high: 5 }),
    [{ way: "count", low: 6, high: 7 }, { way: "upper", measure: "residents", value: 1552 }],
  ],
  [
    "9 units are asked for where there are people for 7",
    told("parent_count", { residents: 7756, households: 2900, least: 6, most: 7, allowed_low: 9, allowed_high: 9 }),
    [{ way: "count", low: 6, high: 7 }, { way: "lower", measure: "residents", value: 861 }],
  ],
  [
    "bands that contradict each other: 2,600 households need 6 units, 5,500 residents fill 5",
    told("parent_count", { residents: 5500, households: 2600, least: 6, most: 5, allowed_low: 5, allowed_high: 7 }),
    [{ way: "upper", measure: "households", value: 520 }, { way: "lower", measure: "residents", value: 916 }],
  ],
  [
    "few residents a household",
    told("out_of_proportion", { column: "residents", total: 1800, low: 1000, within: "households", spent: 1000, high: 500 }),
    [{ way: "lower", measure: "residents", value: 900 }, { way: "upper", measure: "households", value: 556 }],
  ],
  [
    "a small problem that was searched through",
    told("no_division", { least: 5, most: 5, "low:residents": 950, "high:residents": 1510 }),
    [{ way: "band", measure: "residents", low: 950, high: 1510 }],
  ],
  ["a rule the page does not know", told("novel", { total: 3 }), []],
  ["numbers that are missing", told("block_above_band", {}), [{ way: "cut" }, { way: "exempt" }]],
])("%s", (_, reason, expected) => {
  expect(relaxationsOf(reason, BANDS)).toEqual(expected);
});
