/** The two sides of a conflict as places on the map: areas that an edit is about, and the lines it was drawn with. */

import { EMPTY_BOX, joined } from "./blocks";
import type { Box } from "./grid";
import type { Ledger, Pending } from "./ledger";
import type { PlanModel } from "./plan_model";
import type { Point, Ring } from "./shapes";
import { piecesMade } from "./told";
import type { EditSummary, Operation, Result } from "./types";

export interface Side {
  /** Each an area with its holes; blocks as they were when the sides met, since later versions take their places. */
  readonly areas: readonly (readonly Ring[])[];
  readonly lines: readonly (readonly Point[])[];
}

export const NO_SIDE: Side = { areas: [], lines: [] };

/** Where an edit of mine is: its blocks and lines, else all blocks of the units it names. An undo is where its edit was. */
export function mySide(model: PlanModel, pending: Pending): Side {
  const parts = partsOf(pending.about?.operation ?? pending);
  const lines = parts.flatMap(({ arguments: { line } }) => (line === undefined ? [] : [line]));
  const named = [...(pending.change?.blocks ?? []).map(([id]) => id), ...parts.flatMap(({ arguments: { blocks } }) => blocks ?? [])];
  const blocks = named.map((id) => model.blocks.at(id)).filter((block) => block >= 0);
  const whole = blocks.length > 0 || lines.length > 0 ? [] : parts.flatMap(({ arguments: { unit, units } }) => [unit ?? [], units ?? []].flat()).flatMap((id) => model.blocksOf(id));
  return { areas: areasOf(model, [...blocks, ...whole]), lines };
}

/** Where others' edits are, to be asked before they are taken in: blocks and pieces that change units or are cut. */
export function theirSide(ledger: Ledger, theirs: readonly EditSummary[], result: Result): Side {
  const { model } = ledger;
  // Mine lies on the plan already; what theirs does is told by the plan without it.
  const areas = ledger.beneath(() => {
    const moved = result.assignment.flatMap(([id, unit]) => {
      const block = model.blocks.at(id);
      return block >= 0 && model.blocks.alive[block] === 1 && model.unitOf(block) !== String(unit) ? [block] : [];
    });
    const pieces = piecesMade(model, result).filter(({ cut, moves }) => cut || moves);
    return [...areasOf(model, moved), ...pieces.map(({ rings }) => rings)];
  });
  return { areas, lines: theirs.flatMap(({ lines }) => lines ?? []) };
}

/** The box of everything either side shows; null where neither is anywhere. */
export function boxOfSides(sides: readonly Side[]): Box | null {
  let box = EMPTY_BOX;
  for (const { areas, lines } of sides) {
    for (const ring of areas.flat()) for (let i = 0; i < ring.length; i += 2) box = joined(box, [ring[i] as number, ring[i + 1] as number, ring[i] as number, ring[i + 1] as number]);
    for (const [x, y] of lines.flat()) box = joined(box, [x, y, x, y]);
  }
  return box[0] > box[2] ? null : box;
}

function partsOf(operation: Operation): readonly Operation[] {
  return operation.operation === "group" ? (operation.arguments.edits ?? []) : [operation];
}

function areasOf(model: PlanModel, blocks: readonly number[]): (readonly Ring[])[] {
  return [...new Set(blocks)].map((block) => model.blocks.rings[block] ?? []);
}
