import proj4 from "proj4";
import { describe, expect, it } from "vitest";
import { lonLatOf } from "./projection";

/** Definition, its geographic CRS, a place inside. */
const KNOWN: readonly (readonly [string, string, readonly [number, number]])[] = [
  ["+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [409_000, 3_718_000]],
  ["+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy +units=m +no_defs", "+ellps=airy", [530_000, 180_000]],
  ["+proj=utm +zone=19 +datum=NAD83 +units=m +no_defs", "+datum=NAD83", [300_000, 4_630_000]],
  ["+proj=utm +zone=23 +south +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [330_000, 7_390_000]],
  ["+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [652_000, 6_862_000]],
  ["+proj=lcc +lat_1=33.3 +lat_0=33.3 +lon_0=-5.4 +k_0=0.999625769 +x_0=500000 +y_0=300000 +a=6378249.2 +b=6356515 +units=m +no_defs", "+a=6378249.2 +b=6356515", [400_000, 350_000]],
  ["+proj=merc +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs", "+datum=WGS84", [13_000_000, 4_000_000]],
  ["+proj=aea +lat_0=0 +lon_0=132 +lat_1=-18 +lat_2=-36 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [1_550_000, -3_960_000]],
  ["+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [4_550_000, 3_270_000]],
  ["+proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel +units=m +no_defs", "+ellps=bessel", [121_000, 487_000]],
  ["+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs", "+datum=WGS84", [300_000, -1_300_000]],
  ["+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel +units=m +no_defs", "+ellps=bessel", [2_683_000, 1_247_000]],
  ["+proj=omerc +lat_0=4 +lonc=102.25 +alpha=323.025796466667 +gamma=323.130102361111 +k=0.99984 +x_0=804671 +y_0=0 +no_uoff +ellps=GRS80 +units=m +no_defs", "+ellps=GRS80", [412_000, 348_000]],
  ["+proj=cass +lat_0=22.3121333333333 +lon_0=114.178555555556 +x_0=40243.57 +y_0=19620.34 +ellps=clrk80 +units=m +no_defs", "+ellps=clrk80", [38_000, 21_000]],
  ["+proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel +units=m +no_defs", "+ellps=bessel", [-743_000, -1_043_000]],
];

describe("geographic coordinates", () => {
  it.each(KNOWN)("agree with proj4 as a whole for %s", (definition, datum, place) => {
    const found = lonLatOf(definition)?.(place);
    const expected = proj4(definition, `+proj=longlat ${datum} +no_defs`).forward([...place]);
    expect(found?.[0]).toBeCloseTo(expected[0] ?? NaN, 9);
    expect(found?.[1]).toBeCloseTo(expected[1] ?? NaN, 9);
  });

  it("are not guessed for a projection or a datum the page does not know", () => {
    expect(lonLatOf("+proj=robin +lon_0=0 +ellps=GRS80 +units=m")).toBeNull();
    expect(lonLatOf("+proj=utm +zone=19 +datum=moon +units=m")).toBeNull();
  });
});
