/**
 * A plan as the page edits it: units, the unit of every block at every level, tallies kept up to date.
 *
 * Changes are applied in place and return nothing; `inverse` of a change takes it back. Units are known by their id
 * outside and by their position inside.
 */

import { isExempt } from "../../model/bands";
import type { LevelName } from "../../model/types";
import { BlockTable } from "./blocks";
import { inverse } from "./change";
import { findingsOf, type Rules, type UnitFinding } from "./rules";
import { addBlock, addBorder, emptyTally, figuresOf, type Figures, type Tally } from "./tally";
import type { Change, UnitRow } from "./types";

/** No unit: a block of another plan's area, or the top of the hierarchy. */
export const NOWHERE = -1;

export class PlanModel {
  readonly #ids: string[] = [];
  readonly #rows: (UnitRow | null)[] = [];
  readonly #parent: number[] = [];
  readonly #children: Set<number>[] = [];
  readonly #tally: Tally[] = [];
  readonly #at = new Map<string, number>();
  /** Positions of units that went: an undo brings them back to the same place. */
  readonly #rested = new Map<string, number>();
  /** Unit of each block, one array for each of `levels`. */
  readonly #unit: Int32Array[];
  /** Blocks whose unit of the lowest level changed since they were last asked for. */
  #touched = new Set<number>();
  /** Units whose row or tallies changed since they were last asked for. */
  #stirred = new Set<number>();

  /**
   * @param levels the plan's, coarsest first
   * @param assignment unit ids by block position, null where a block has none
   */
  constructor(
    readonly blocks: BlockTable,
    readonly levels: readonly LevelName[],
    readonly rules: Rules,
    units: Iterable<readonly [string, UnitRow]>,
    assignment: readonly (string | null)[],
  ) {
    this.#unit = levels.map(() => new Int32Array(blocks.length).fill(NOWHERE));
    const all = [...units].sort(([, a], [, b]) => levels.indexOf(a.level) - levels.indexOf(b.level));
    for (const [id, row] of all) this.#setRow(id, row);
    assignment.forEach((id, block) => {
      const unit = id === null ? NOWHERE : this.at(id);
      levels.forEach((_, depth) => ((this.#unit[depth] as Int32Array)[block] = this.#ancestor(unit, depth)));
    });
    this.recount();
  }

  get lowest(): LevelName {
    return this.levels[this.levels.length - 1] as LevelName;
  }

  /** One more than the largest position of a unit. */
  get size(): number {
    return this.#ids.length;
  }

  /** Position of a unit, `NOWHERE` when the plan has none of this id. */
  at(id: string): number {
    return this.#at.get(id) ?? NOWHERE;
  }

  idAt(unit: number): string | null {
    return unit === NOWHERE ? null : (this.#ids[unit] ?? null);
  }

  row(id: string): UnitRow | null {
    return this.#rows[this.at(id)] ?? null;
  }

  /** Ids of the living units of a level, in the order they came. */
  unitsOf(level: LevelName): string[] {
    return this.#ids.filter((id, at) => this.#at.get(id) === at && this.#rows[at]?.level === level);
  }

  childrenOf(id: string): string[] {
    return [...(this.#children[this.at(id)] ?? [])].map((child) => this.#ids[child] as string);
  }

  /** The unit of a block at a level, as a position; the lowest level when none is named. */
  unitAt(block: number, level: LevelName = this.lowest): number {
    return this.#unit[this.levels.indexOf(level)]?.[block] ?? NOWHERE;
  }

  unitOf(block: number, level: LevelName = this.lowest): string | null {
    return this.idAt(this.unitAt(block, level));
  }

  /** Positions of the unit of every block at a level; read only. */
  column(level: LevelName): Int32Array {
    return this.#unit[this.levels.indexOf(level)] ?? new Int32Array(0);
  }

  blocksOf(id: string): number[] {
    const row = this.row(id);
    const column = row === null ? undefined : this.#unit[this.levels.indexOf(row.level)];
    const [unit, found] = [this.at(id), [] as number[]];
    for (let block = 0; block < (column?.length ?? 0); block += 1) if (column?.[block] === unit) found.push(block);
    return found;
  }

  figures(id: string): Figures {
    return figuresOf(this.#tally[this.at(id)] ?? emptyTally(), this.blocks.bordersKnown);
  }

  findings(id: string): UnitFinding[] {
    const row = this.row(id);
    if (row === null) return [];
    return findingsOf(this.rules, row, this.figures(id), this.levels.includes("cell") ? this.ordinaryCells(id) : null);
  }

  ordinaryCells(id: string): number {
    let cells = 0;
    for (const child of this.#children[this.at(id)] ?? []) if (!isExempt(this.#rows[child]?.type ?? "")) cells += 1;
    return cells;
  }

  /** Applies a change whose blocks are where it says; use the inverse to take it back. */
  apply(change: Change): void {
    const appearing = change.units.filter(([, before, after]) => before === null && after !== null);
    const rank = ([, , after]: Change["units"][number]): number => this.levels.indexOf((after as UnitRow).level);
    appearing.sort((a, b) => rank(a) - rank(b)).forEach(([id, , after]) => this.#setRow(id, after as UnitRow));
    for (const [id, before, after] of change.units) {
      if (before !== null && after !== null) this.#setRow(id, after);
    }
    for (const [block, , to] of change.blocks) this.#place(this.blocks.at(block), to === null ? NOWHERE : this.at(to));
    for (const [id, , after] of change.units) {
      if (after === null) this.#dropRow(id);
    }
  }

  revert(change: Change): void {
    this.apply(inverse(change));
  }

  /** Answers a question about the plan as it would be after a change, and leaves the plan as it is. */
  trying<T>(change: Change, ask: () => T): T {
    const [touched, stirred] = [this.#touched, this.#stirred];
    [this.#touched, this.#stirred] = [new Set(), new Set()];
    this.apply(change);
    try {
      return ask();
    } finally {
      this.revert(change);
      [this.#touched, this.#stirred] = [touched, stirred];
    }
  }

  /** The server's word: rows, removals and assignment, with blocks already exchanged. */
  settle(rows: readonly (readonly [string, UnitRow])[], removed: readonly string[], assignment: readonly (readonly [number, string])[], reshaped: boolean): void {
    if (reshaped) this.#resize();
    [...rows].sort(([, a], [, b]) => this.levels.indexOf(a.level) - this.levels.indexOf(b.level)).forEach(([id, row]) => this.#setRow(id, row));
    for (const [block, unit] of assignment) this.#place(this.blocks.at(block), this.at(unit));
    removed.forEach((id) => this.#dropRow(id));
    if (reshaped) this.recount();
  }

  /** Blocks and units touched since the last call. */
  takeTouched(): { readonly blocks: readonly number[]; readonly units: readonly string[] } {
    const touched = { blocks: [...this.#touched], units: [...this.#stirred].map((unit) => this.#ids[unit] as string) };
    this.#touched.clear();
    this.#stirred.clear();
    return touched;
  }

  /** Sums everything anew; needed where blocks themselves changed. */
  recount(): void {
    this.#tally.forEach((_, unit) => (this.#tally[unit] = emptyTally()));
    this.#unit.forEach((column) => {
      for (let block = 0; block < this.blocks.length; block += 1) {
        const unit = column[block] as number;
        if (this.blocks.alive[block] === 0) column[block] = NOWHERE;
        else if (unit !== NOWHERE) this.#join(column, block, unit);
      }
    });
  }

  #join(column: Int32Array, block: number, unit: number): void {
    const tally = this.#tally[unit] as Tally;
    addBlock(tally, this.blocks, block, 1);
    for (let k = this.blocks.start[block] as number; k < (this.blocks.start[block + 1] as number); k += 1) {
      const other = this.blocks.to[k] as number;
      if (column[other] === unit && this.blocks.alive[other] === 1) continue;
      addBorder(tally, this.blocks.border_m[k] as number, BlockTable.isClear(this.blocks.barrier[k] as number), 1);
    }
  }

  #resize(): void {
    this.#unit.forEach((column, depth) => {
      const longer = new Int32Array(this.blocks.length).fill(NOWHERE);
      longer.set(column.subarray(0, Math.min(column.length, longer.length)));
      this.#unit[depth] = longer;
    });
  }

  #place(block: number, unit: number): void {
    if (block < 0) return;
    this.levels.forEach((_, depth) => this.#shift(depth, block, this.#ancestor(unit, depth)));
  }

  /** Moves one block at one level and keeps both units' tallies. */
  #shift(depth: number, block: number, to: number): void {
    const column = this.#unit[depth] as Int32Array;
    const from = column[block] as number;
    if (from === to) return;
    if (depth === this.levels.length - 1) this.#touched.add(block);
    for (const [unit, by] of [[from, -1], [to, 1]] as const) {
      if (unit === NOWHERE) continue;
      this.#stirred.add(unit);
      addBlock(this.#tally[unit] as Tally, this.blocks, block, by);
    }
    const { start, border_m, barrier } = this.blocks;
    for (let k = start[block] as number; k < (start[block + 1] as number); k += 1) {
      const beside = column[this.blocks.to[k] as number] as number;
      const [length, clear] = [border_m[k] as number, BlockTable.isClear(barrier[k] as number)];
      if (from !== NOWHERE) addBorder(this.#tally[from] as Tally, length, clear, beside === from ? 1 : -1);
      if (to !== NOWHERE) addBorder(this.#tally[to] as Tally, length, clear, beside === to ? -1 : 1);
    }
    column[block] = to;
  }

  #ancestor(unit: number, depth: number): number {
    let found = unit;
    while (found !== NOWHERE && this.levels.indexOf((this.#rows[found] as UnitRow).level) > depth) found = this.#parent[found] ?? NOWHERE;
    return found;
  }

  #setRow(id: string, row: UnitRow): void {
    let unit = this.at(id);
    const parent = row.parent_id === null ? NOWHERE : this.at(row.parent_id);
    if (unit === NOWHERE) {
      unit = this.#rested.get(id) ?? this.#ids.length;
      this.#ids[unit] = id;
      this.#tally[unit] = emptyTally();
      this.#children[unit] ??= new Set();
      this.#at.set(id, unit);
      this.#parent[unit] = parent;
    }
    const moved = this.#rows[unit] !== undefined && this.#rows[unit] !== null && this.#parent[unit] !== parent;
    this.#rows[unit] = row;
    this.#stirred.add(unit);
    for (const above of [parent, this.#parent[unit] ?? NOWHERE]) if (above !== NOWHERE) this.#stirred.add(above);
    this.#children[this.#parent[unit] ?? NOWHERE]?.delete(unit);
    this.#parent[unit] = parent;
    this.#children[parent]?.add(unit);
    if (moved) this.#follow(id);
  }

  /** Takes a unit's blocks to its new parents. */
  #follow(id: string): void {
    const depth = this.levels.indexOf((this.row(id) as UnitRow).level);
    for (const block of this.blocksOf(id)) {
      for (let above = 0; above < depth; above += 1) this.#shift(above, block, this.#ancestor(this.at(id), above));
    }
  }

  #dropRow(id: string): void {
    const unit = this.at(id);
    if (unit === NOWHERE) return;
    this.#stirred.add(unit);
    const parent = this.#parent[unit] ?? NOWHERE;
    if (parent !== NOWHERE) this.#stirred.add(parent);
    this.#children[parent]?.delete(unit);
    this.#rows[unit] = null;
    this.#at.delete(id);
    this.#rested.set(id, unit);
  }
}
