/** Which level's names stand on the map at a scale: the finest whose names mostly fit inside their units. */

import { LEVELS, type LevelName } from "../model/types";
import type { UnitIndex } from "../model/units";
import { labelFits, type Look } from "./unit_styles";

const MOSTLY = 0.45;

export class LabelLevels {
  readonly #chosen = new Map<string, LevelName | null>();

  constructor(
    private readonly index: UnitIndex,
    private readonly work: LevelName,
    private readonly look: Pick<Look, "language" | "scale">,
  ) {}

  /** The level to name, never finer than the level in work; null when the plan has no units. */
  at(resolution: number): LevelName | null {
    const key = (Math.log2(resolution) * 8).toFixed(0);
    const known = this.#chosen.get(key);
    if (known !== undefined) return known;
    const chosen = this.#choose(resolution);
    this.#chosen.set(key, chosen);
    return chosen;
  }

  #choose(resolution: number): LevelName | null {
    const candidates = LEVELS.slice(0, LEVELS.indexOf(this.work) + 1).filter(
      (level) => (this.index.byLevel.get(level)?.length ?? 0) > 0,
    );
    for (const level of [...candidates].reverse()) {
      const units = this.index.byLevel.get(level) ?? [];
      const fitting = units.filter((unit) => labelFits(unit, resolution, this.look)).length;
      if (fitting >= MOSTLY * units.length) return level;
    }
    return candidates[0] ?? null;
  }
}
