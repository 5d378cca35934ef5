/** What the editing interface of the platform sends and answers. Coordinates are metres in the district's planar CRS. */

import type { FeatureCollection, LevelName, MultiPolygonGeometry, PolygonGeometry, UnitFeature } from "../../model/types";
import type { Point } from "./shapes";

export interface BlockProperties {
  readonly key: string;
  readonly unit: number | string | null;
  readonly residents: number | null;
  readonly floating: number | null;
  readonly households: number | null;
  readonly area_m2: number;
  readonly buildings: number | null;
  readonly outer_m: number;
  readonly use: string | null;
  readonly estimated?: boolean;
}

export interface BlockFeature {
  readonly type: "Feature";
  readonly id: number;
  readonly geometry: PolygonGeometry | MultiPolygonGeometry;
  readonly properties: BlockProperties;
}

/** First block, second block, length in metres, code of what runs along. */
export type BorderRow = readonly [number, number, number, number];

export interface BlocksAnswer {
  readonly revision: number;
  readonly blocks: FeatureCollection<BlockFeature>;
  readonly borders: readonly BorderRow[];
}

export type Role = "planner" | "leader" | "analyst" | "reviewer";

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly verified?: boolean;
}

/** What a unit is besides its area; the two sides of a change of a unit. */
export interface UnitRow {
  readonly level: LevelName;
  readonly parent_id: string | null;
  readonly name: string;
  readonly name_en: string | null;
  readonly code: string | null;
  readonly type: string;
  readonly locked: boolean;
}

/** What one edit did. Its inverse has every pair swapped. */
export interface Change {
  readonly blocks: readonly (readonly [number, string | null, string | null])[];
  readonly units: readonly (readonly [string, UnitRow | null, UnitRow | null])[];
}

export interface Arguments {
  readonly unit?: string;
  readonly units?: readonly string[];
  readonly blocks?: readonly number[];
  readonly into?: string;
  readonly parent?: string | null;
  readonly level?: LevelName;
  readonly line?: readonly Point[];
  readonly name?: string;
  readonly name_en?: string | null;
  readonly code?: string | null;
  readonly type?: string;
  readonly revision?: number;
  readonly edits?: readonly Operation[];
}

export type OperationName =
  | "assign" | "create" | "split" | "merge" | "reshape" | "cut" | "move" | "dissolve" | "update" | "lock" | "unlock"
  | "undo" | "redo" | "revert" | "group";

export interface Operation {
  readonly operation: OperationName;
  readonly arguments: Arguments;
}

export interface EditSummary {
  readonly revision: number;
  readonly operation: OperationName;
  readonly label: Readonly<Record<string, unknown>> | null;
  readonly actor: Actor;
  readonly at: string;
  readonly undoes: number | null;
  /** False once another edit took it back. */
  readonly standing?: boolean;
  /** What it was drawn with; told of the edits that another one meets. */
  readonly lines?: readonly (readonly Point[])[];
}

export interface FindingOf {
  readonly unit: number | string;
  readonly rule: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What an edit changed, as the platform answers it. */
export interface Result {
  readonly plan: number;
  readonly revision: number;
  readonly edit?: EditSummary;
  readonly units: readonly UnitFeature[];
  readonly removed_units: readonly (number | string)[];
  readonly assignment: readonly (readonly [number, number | string])[];
  readonly blocks: readonly BlockFeature[];
  readonly removed_blocks: readonly number[];
  readonly borders: readonly BorderRow[];
  readonly broken: readonly FindingOf[];
  readonly mended: readonly FindingOf[];
  readonly rebased_over?: readonly EditSummary[];
  readonly reload?: boolean;
}

/** Why an operation is not done: a key of the messages and what fills it in. */
export interface Refusal {
  readonly key: string;
  readonly units?: readonly string[];
  readonly blocks?: readonly number[];
  readonly pieces?: number;
}

export function isRefusal(value: Change | Refusal): value is Refusal {
  return "key" in value;
}
