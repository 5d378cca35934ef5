/** The parts of proj4 the page takes one by one; the package has types only for the whole. */

declare module "proj4/lib/projString" {
  export interface Definition {
    readonly projName: string;
    readonly datumCode?: string;
    readonly ellps?: string;
    readonly a?: number;
    readonly b?: number;
    readonly rf?: number;
    readonly R_A?: boolean;
    readonly lat0?: number;
    readonly lat1?: number;
    readonly to_meter?: number;
    readonly from_greenwich?: number;
  }
  export default function parse(definition: string): Definition;
}

declare module "proj4/lib/deriveConstants" {
  export interface Sphere {
    readonly a: number;
    readonly b: number;
    readonly rf?: number;
    readonly sphere?: boolean;
  }
  export function sphere(a?: number, b?: number, rf?: number, ellps?: string): Sphere;
  export function eccentricity(a: number, b: number, rf?: number, r_a?: boolean): { es: number; e: number; ep2: number };
}

declare module "proj4/lib/projections/*" {
  import type { Definition } from "proj4/lib/projString";
  /** `init` reads and writes the definition it is called on; `inverse` gives radians. */
  interface Method {
    readonly names: readonly string[];
    init(this: Definition): void;
    inverse(point: { x: number; y: number }): { x: number; y: number };
  }
  const method: Method;
  export default method;
}
