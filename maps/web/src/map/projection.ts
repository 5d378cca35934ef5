/** The district's planar CRS as the view's own: straight lines stay straight, metres are metres. */

import proj4 from "proj4";
import { register } from "ol/proj/proj4";
import { get, type Projection } from "ol/proj";
import type { District } from "../model/types";

/** Geographic coordinates on the district's own datum: no shift is applied between the two. */
export type ToLonLat = (position: readonly [number, number]) => readonly [number, number];

export function projectionOf(district: District): Projection {
  const code = `EPSG:${district.srid}`;
  proj4.defs(code, district.proj4);
  register(proj4);
  const projection = get(code);
  if (projection === null) throw new Error(`the CRS ${code} of ${district.name} is not known to the page`);
  return projection;
}

export function lonLatOf(district: District): ToLonLat {
  const geographic = datumOf(district.proj4);
  const converter = proj4(district.proj4, geographic);
  return ([x, y]) => {
    const [lon, lat] = converter.forward([x, y]);
    return [lon ?? NaN, lat ?? NaN];
  };
}

/** The ellipsoid and datum of a planar definition, as a geographic one. */
export function datumOf(definition: string): string {
  const kept = definition.match(/\+(ellps|datum|a|b|rf|towgs84|nadgrids)=\S+/g) ?? ["+ellps=GRS80"];
  return ["+proj=longlat", ...kept, "+no_defs"].join(" ");
}

/** True for CGCS2000 Gauss-Krüger zones, EPSG:4491 to 4554. */
export function isCgcs2000(district: District): boolean {
  return district.srid >= 4491 && district.srid <= 4554;
}
