/** The district's planar CRS as the view's own: straight lines stay straight, metres are metres. */

import Projection from "ol/proj/Projection";
import { eccentricity, sphere } from "proj4/lib/deriveConstants";
import parse from "proj4/lib/projString";
import aea from "proj4/lib/projections/aea";
import cass from "proj4/lib/projections/cass";
import etmerc from "proj4/lib/projections/etmerc";
import krovak from "proj4/lib/projections/krovak";
import laea from "proj4/lib/projections/laea";
import lcc from "proj4/lib/projections/lcc";
import merc from "proj4/lib/projections/merc";
import omerc from "proj4/lib/projections/omerc";
import somerc from "proj4/lib/projections/somerc";
import stere from "proj4/lib/projections/stere";
import sterea from "proj4/lib/projections/sterea";
import utm from "proj4/lib/projections/utm";
import type { District } from "../model/types";

/** Geographic coordinates on the district's own datum: no shift is applied between the two. */
export type ToLonLat = (position: readonly [number, number]) => readonly [number, number];

/** What countries survey in. proj4 as a whole, with its datums and WKT, is a quarter of the page's weight. */
const METHODS = [etmerc, utm, lcc, merc, aea, laea, stere, sterea, somerc, omerc, cass, krovak];

/** Ellipsoids of the datums that a definition may name instead. */
const ELLIPSOID_OF: Readonly<Record<string, string>> = {
  wgs84: "WGS84",
  nad83: "GRS80",
  ggrs87: "GRS80",
  nad27: "clrk66",
  potsdam: "bessel",
  hermannskogel: "bessel",
  carthage: "clrk80ign",
  ire65: "mod_airy",
  nzgd49: "intl",
  osgb36: "airy",
};

const DEGREES = 180 / Math.PI;

/** The view needs no more than the unit: everything the page draws comes in this CRS. */
export function projectionOf(district: District): Projection {
  return new Projection({ code: `EPSG:${district.srid}`, units: "m" });
}

/** Null for the rare projection the page does not know: it then shows planar coordinates only. */
export function lonLatOf(definition: string): ToLonLat | null {
  const given = parse(definition);
  const method = METHODS.find((one) => one.names.includes(given.projName));
  if (method === undefined) return null;
  const ellps = given.ellps ?? ELLIPSOID_OF[given.datumCode?.toLowerCase() ?? "wgs84"];
  if (ellps === undefined && given.a === undefined) return null;
  const body = sphere(given.a, given.b, given.rf, ellps);
  const form = eccentricity(body.a, body.b, body.rf, given.R_A);
  const projection = Object.assign(Object.create(null) as object, given, { lat1: given.lat1 ?? given.lat0 }, method, body, form);
  projection.init();
  const [metres, meridian] = [given.to_meter ?? 1, given.from_greenwich ?? 0];
  return ([x, y]) => {
    const at = projection.inverse({ x: x * metres, y: y * metres });
    return [(at.x + meridian) * DEGREES, at.y * DEGREES];
  };
}

/** True for CGCS2000 Gauss-Krüger zones, EPSG:4491 to 4554. */
export function isCgcs2000(district: District): boolean {
  return district.srid >= 4491 && district.srid <= 4554;
}
