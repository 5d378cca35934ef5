/** What the platform's API answers, as the page reads it. Coordinates are metres in the district's planar CRS. */

export type LevelName = "street" | "community" | "cell";
export type MeasureName = "residents" | "households" | "floating";
export type LayerName =
  | "roads"
  | "water"
  | "walls"
  | "buildings"
  | "compounds"
  | "service_points"
  | "incidents"
  | "blocks";
export type Position = readonly number[];
export type Bounds = readonly [number, number, number, number];

export interface BandLimits {
  readonly residents?: readonly [number, number];
  readonly households?: readonly [number, number];
  readonly floating?: readonly [number, number];
}

export interface District {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly name_en: string | null;
  readonly code: string | null;
  readonly srid: number;
  readonly proj4: string;
  readonly bounds: Bounds | null;
  readonly synthetic: boolean;
  readonly time_zone: string;
  readonly levels: readonly LevelName[];
  readonly count_dates: readonly string[];
  readonly rules: {
    readonly bands?: BandLimits;
    readonly parts_per_parent?: readonly [number, number] | null;
  };
  readonly measures: readonly string[];
  readonly layers: Partial<Record<LayerName, { readonly count: number; readonly revision: number }>>;
}

export interface Plan {
  readonly id: number;
  readonly name: string;
  readonly name_en: string | null;
  readonly state: "draft" | "submitted" | "adopted" | "superseded" | "archived";
  readonly levels: readonly LevelName[];
  readonly revision: number;
  readonly authority: string | null;
  readonly number: string | null;
  readonly adopted_on: string | null;
  readonly in_force_from: string | null;
  readonly in_force_to: string | null;
  readonly count_date: string | null;
  readonly in_force: boolean;
  /** The plan it was branched from. */
  readonly base_id?: number | null;
  readonly created_by?: string | null;
  readonly created_at?: string;
  readonly unit_counts: Partial<Record<LevelName, number>>;
  readonly exclusive_cells: number;
}

export interface Finding {
  readonly rule: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface UnitProperties {
  readonly level: LevelName;
  readonly code: string | null;
  readonly name: string;
  readonly name_en: string | null;
  readonly type: string;
  readonly parent_id: number | string | null;
  readonly residents: number | null;
  readonly floating: number | null;
  readonly households: number | null;
  readonly buildings: number | null;
  readonly blocks: number | null;
  readonly area_m2: number;
  readonly perimeter_m: number;
  readonly compactness: number | null;
  readonly clear_border_share: number | null;
  readonly colour: number | null;
  readonly children: number | null;
  readonly findings: readonly Finding[];
  /** Nothing may enter, leave or rename a locked unit; absent where the plan cannot be edited. */
  readonly locked?: boolean;
  /** Residents who would come to a proposed unit from another one. */
  readonly moved?: number | null;
}

export interface PolygonGeometry {
  readonly type: "Polygon";
  readonly coordinates: readonly (readonly Position[])[];
}

export interface MultiPolygonGeometry {
  readonly type: "MultiPolygon";
  readonly coordinates: readonly (readonly (readonly Position[])[])[];
}

export interface UnitFeature {
  readonly type: "Feature";
  readonly id: number | string;
  readonly geometry: PolygonGeometry | MultiPolygonGeometry;
  readonly properties: UnitProperties;
}

export interface FeatureCollection<F> {
  readonly type: "FeatureCollection";
  readonly features: readonly F[];
}

/** One unit of a plan with what the page derives from its polygon once. */
export interface Unit extends UnitProperties {
  readonly id: string;
  readonly parent: string | null;
  readonly polygons: readonly (readonly (readonly Position[])[])[];
  readonly bounds: Bounds;
  /** Where a label stands: the centre of the largest inscribed circle, and that circle's radius in metres. */
  readonly labelPoint: readonly [number, number];
  readonly labelRadius: number;
}

/** A hall or another place where people are served, and what it offers. */
export interface ServicePoint {
  readonly id: string;
  readonly name: string;
  readonly name_en: string | null;
  readonly kind: string;
  readonly level: string | null;
  readonly offers: readonly string[];
  readonly windows: number | null;
  /** The unit it serves; null for a point of no unit. */
  readonly unit: string | null;
  readonly place: readonly [number, number];
}

export interface FigureSummary {
  readonly measure: string;
  readonly kind: "rate" | "share" | "count";
  readonly unit: string;
}

export interface Figures extends FigureSummary {
  readonly level: LevelName;
  readonly period: { readonly from: string; readonly to: string } | null;
  readonly count_date: string | null;
  readonly denominator: string | null;
  readonly scheme: "quantiles" | "fisher_jenks" | string;
  readonly breaks: readonly number[];
  readonly values: Readonly<Record<string, number | null>>;
  readonly suppressed: readonly (number | string)[];
}

export interface SearchHit {
  readonly kind: "unit" | "service_point" | "compound" | "road";
  readonly id: number | string;
  readonly name: string;
  readonly name_en: string | null;
  readonly code: string | null;
  readonly level: LevelName | null;
  readonly parent_name: string | null;
  readonly bounds: Bounds;
}

/** From the coarsest to the finest, as everywhere in the platform. */
export const LEVELS: readonly LevelName[] = ["street", "community", "cell"];
