/** What lines snap to: borders of blocks, roads and the edges of water, indexed once a plan. */

import type Feature from "ol/Feature";
import { LineString, MultiLineString, MultiPolygon, Polygon } from "ol/geom";
import type { SnapKind } from "../model/snapping";
import { SnapIndex, type Snap } from "../model/snapping";
import type { PlanModel } from "../model/plan_model";
import type { Point } from "../model/shapes";
import { model } from "../state/session";

/** Roads and water as the ground draws them. */
type Ground = (layer: "roads" | "water") => readonly Feature[];

let ground: Ground = () => [];
let index: { readonly of: PlanModel; readonly segments: number; readonly features: number; readonly made: SnapIndex } | null = null;

export function snapToGround(source: Ground): void {
  ground = source;
}

export function snapped(at: Point, reach_m: number, hidden: ReadonlySet<string>): Snap | null {
  const plan = model.peek();
  if (plan === null) return null;
  const lines = (["roads", "water"] as const).filter((layer) => !hidden.has(layer)).map((layer) => [layer, ground(layer)] as const);
  const features = lines.reduce((sum, [, some]) => sum + some.length, 0);
  if (index === null || index.of !== plan || index.segments !== plan.blocks.segments.count || index.features !== features) {
    index = { of: plan, segments: plan.blocks.segments.count, features, made: build(plan, lines) };
  }
  return index.made.near(at, reach_m);
}

function build(plan: PlanModel, lines: readonly (readonly ["roads" | "water", readonly Feature[]])[]): SnapIndex {
  const { segments, extent } = plan.blocks;
  const made = new SnapIndex(extent, segments.count);
  for (let segment = 0; segment < segments.count; segment += 1) {
    if (segments.sides[2 * segment] === -1 && segments.sides[2 * segment + 1] === -1) continue;
    made.add("border", null, segments.ends.subarray(4 * segment, 4 * segment + 4));
  }
  for (const [layer, features] of lines) {
    const kind: SnapKind = layer === "roads" ? "road" : "water";
    for (const feature of features) {
      const name: unknown = feature.get("name");
      for (const line of flatLines(feature)) made.add(kind, typeof name === "string" ? name : null, line);
    }
  }
  return made;
}

function flatLines(feature: Feature): readonly number[][] {
  const geometry = feature.getGeometry();
  if (geometry instanceof LineString) return [geometry.getFlatCoordinates()];
  if (geometry instanceof MultiLineString) return geometry.getLineStrings().map((line) => line.getFlatCoordinates());
  if (geometry instanceof Polygon) return geometry.getLinearRings().map((ring) => ring.getFlatCoordinates());
  if (geometry instanceof MultiPolygon) return geometry.getPolygons().flatMap((polygon) => polygon.getLinearRings().map((ring) => ring.getFlatCoordinates()));
  return [];
}
