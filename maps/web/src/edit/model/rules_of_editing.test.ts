/** The file of edits that the server is held to as well: tests/rules/edits.json. */

import { describe, expect, it } from "vitest";
import edits from "../../../../../tests/rules/edits.json";
import type { LevelName } from "../../model/types";
import { BlockTable } from "./blocks";
import { composed, inverse } from "./change";
import { blockFeature, unitRow } from "./drawn_plan";
import { Ledger } from "./ledger";
import { PlanModel } from "./plan_model";
import { rulesOf } from "./rules";
import type { Arguments, BorderRow, Change, Operation, OperationName, UnitRow } from "./types";

type Json = Readonly<Record<string, unknown>>;
interface Step {
  readonly operation: OperationName;
  readonly arguments: Json;
  readonly by?: string;
  readonly makes?: string;
  readonly refused?: string;
  readonly expect?: {
    readonly assignment: readonly string[];
    readonly gone?: readonly string[];
    readonly units: Readonly<Record<string, Json>>;
    readonly broken: readonly (readonly [string, string, number])[];
    readonly mended: readonly (readonly [string, string, number])[];
  };
}
interface Told {
  readonly district: {
    readonly rules: { readonly bands: object; readonly parts_per_parent: readonly [number, number] };
    readonly levels: readonly LevelName[];
    readonly units: readonly { readonly key: string; readonly level: LevelName; readonly parent: string | null; readonly name: string; readonly code: string; readonly type: string }[];
    readonly blocks: readonly { readonly key: string; readonly box: readonly [number, number, number, number]; readonly residents: number | null; readonly floating: number | null; readonly households: number | null }[];
    readonly borders: readonly (readonly [string, string, number, string])[];
    readonly assignment: readonly string[];
    readonly figures: Readonly<Record<string, Json>>;
    readonly findings: readonly (readonly [string, string, number])[];
  };
  readonly cases: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

const TOLD = edits as unknown as Told;
const BARRIERS = ["unknown", "nothing", "wall", "road", "arterial", "river"];
const BLOCKS = new Map(TOLD.district.blocks.map(({ key }, i) => [key, i + 1]));

function drawn(): PlanModel {
  const { district } = TOLD;
  const letters = district.assignment.join("");
  const features = district.blocks.map((block, i) => blockFeature({ ...block, id: i + 1 }, [0, 0, 600, 400]));
  const borders = district.borders.map(([a, b, length, kind]): BorderRow => [BLOCKS.get(a) ?? 0, BLOCKS.get(b) ?? 0, length, BARRIERS.indexOf(kind)]);
  const blocks = new BlockTable({ revision: 0, blocks: { type: "FeatureCollection", features }, borders });
  const units = district.units.map(({ key, level, parent, name, code, type }) => [key, unitRow(level, parent, { name, code, type })] as const);
  return new PlanModel(blocks, district.levels, rulesOf(district.rules), units, district.blocks.map((_, i) => letters[i] ?? null));
}

function findings(model: PlanModel): Map<string, number> {
  const found = model.levels.flatMap((level) => model.unitsOf(level)).flatMap((id) => model.findings(id).map(({ rule, value }) => [`${id} ${rule}`, value] as const));
  return new Map(found);
}

function differences(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...after].filter(([key]) => !before.has(key)).sort();
}

const sorted = (told: readonly (readonly [string, string, number])[]): (readonly [string, number])[] => told.map(([unit, rule, value]) => [`${unit} ${rule}`, value] as const).sort();

/** One person's edits: both people work on the plan, each with a ledger of their own on one model. */
class Desk {
  readonly model = drawn();
  readonly names = new Map<string, string>();
  readonly #ledgers = new Map<string, Ledger>();
  readonly #log: Change[] = [];

  take(step: Step): string | null {
    const ledger = this.#of(step.by ?? "me");
    const mine = this.#resolved(step.arguments);
    if (step.operation === "undo" || step.operation === "redo") return this.#goBack(ledger, step.operation);
    if (step.operation === "revert") {
      const later = this.#log.slice((mine.revision ?? 0));
      this.model.apply(inverse(composed(later)));
      return null;
    }
    const outcome = ledger.submit({ operation: step.operation, arguments: mine } as Operation, "");
    if ("key" in outcome) return outcome.key;
    const made = outcome.change?.units.find(([, before]) => before === null);
    if (step.makes !== undefined && made !== undefined) this.names.set(made[0], step.makes);
    outcome.sent = true;
    if (outcome.change !== null) this.#log.push(outcome.change);
    return null;
  }

  #goBack(ledger: Ledger, operation: "undo" | "redo"): string | null {
    const outcome = operation === "undo" ? ledger.undo("") : ledger.redo("");
    if (outcome === null) return "nothing-to-undo";
    if ("key" in outcome) return outcome.key;
    // Without a place for it here, the server is asked: another's edit stands on it.
    return outcome.change === null ? "stands-on" : null;
  }

  #of(who: string): Ledger {
    let ledger = this.#ledgers.get(who);
    if (ledger === undefined) {
      let count = 0;
      ledger = new Ledger(this.model, 0, () => `${who}-${(count += 1)}`);
      this.#ledgers.set(who, ledger);
    }
    return ledger;
  }

  #resolved(given: Json): Arguments {
    const text = JSON.stringify(given, (name, value: unknown) => (name === "blocks" && Array.isArray(value) ? value.map((key: string) => BLOCKS.get(key)) : value));
    return JSON.parse(text) as Arguments;
  }
}

function lettersOf(model: PlanModel, names: ReadonlyMap<string, string>): string[] {
  const letters = TOLD.district.blocks.map((_, block) => names.get(model.unitOf(block) ?? "") ?? model.unitOf(block)).join("");
  return [0, 6, 12, 18].map((from) => letters.slice(from, from + 6));
}

function expectUnit(model: PlanModel, id: string, told: Json, names: ReadonlyMap<string, string> = new Map()): void {
  const [figures, row] = [model.figures(id), model.row(id) as UnitRow];
  const parts: Json = { ...figures, ...row, parent: names.get(row.parent_id ?? "") ?? row.parent_id };
  for (const [name, value] of Object.entries(told)) {
    if (name === "code" && row.code === null) continue;
    if (name === "clear_border_share" && value !== null) expect(parts[name], `${id} ${name}`).toBeCloseTo(value as number, 6);
    else expect(parts[name], `${id} ${name}`).toEqual(value);
  }
}

describe("the shared rules of editing", () => {
  it("holds the district as drawn", () => {
    const model = drawn();
    for (const [id, told] of Object.entries(TOLD.district.figures)) expectUnit(model, id, told);
    expect([...findings(model)].sort()).toEqual(sorted(TOLD.district.findings));
  });

  for (const { name, steps } of TOLD.cases) {
    it(name, () => {
      const desk = new Desk();
      for (const step of steps) {
        const [before, letters] = [findings(desk.model), lettersOf(desk.model, desk.names)];
        desk.model.takeTouched();
        const refused = desk.take(step);
        expect(refused, JSON.stringify(step.arguments)).toBe(step.refused ?? null);
        if (step.expect === undefined) {
          expect(lettersOf(desk.model, desk.names)).toEqual(letters);
          continue;
        }
        expect(lettersOf(desk.model, desk.names)).toEqual(step.expect.assignment);
        const ids = new Map([...desk.names].map(([id, key]) => [key, id]));
        for (const [key, told] of Object.entries(step.expect.units)) expectUnit(desk.model, ids.get(key) ?? key, told, desk.names);
        for (const key of step.expect.gone ?? []) expect(desk.model.row(ids.get(key) ?? key), `${key} is gone`).toBeNull();
        const after = findings(desk.model);
        const keyed = (found: (readonly [string, number])[]): (readonly [string, number])[] =>
          found.map(([id, value]) => [[...desk.names].reduce((text, [from, to]) => text.replace(from, to), id), value] as const).sort();
        expect(keyed(differences(before, after)), "broken").toEqual(sorted(step.expect.broken));
        expect(keyed(differences(after, before)), "mended").toEqual(sorted(step.expect.mended));
      }
    });
  }
});
