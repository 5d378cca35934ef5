/** Which boxes are near a place: an even grid over the boxes of blocks. */

export type Box = readonly [number, number, number, number];

const PER_BIN = 2;

export class Grid {
  readonly #bins = new Map<number, number[]>();
  readonly #size: number;
  readonly #boxes: (Box | undefined)[] = [];
  #round = 0;
  readonly #seen: number[] = [];

  constructor(extent: Box, count: number) {
    const area = Math.max(1, (extent[2] - extent[0]) * (extent[3] - extent[1]));
    this.#size = Math.max(1, Math.sqrt((area * PER_BIN) / Math.max(1, count)));
  }

  add(item: number, box: Box): void {
    this.#boxes[item] = box;
    this.#eachBin(box, (key) => {
      const bin = this.#bins.get(key);
      if (bin === undefined) this.#bins.set(key, [item]);
      else bin.push(item);
    });
  }

  remove(item: number): void {
    const box = this.#boxes[item];
    if (box === undefined) return;
    this.#eachBin(box, (key) => {
      const bin = this.#bins.get(key);
      const at = bin?.indexOf(item) ?? -1;
      if (at >= 0) bin?.splice(at, 1);
    });
    this.#boxes[item] = undefined;
  }

  /** Items whose box touches a box, each once. */
  within(box: Box): number[] {
    const found: number[] = [];
    this.#round += 1;
    this.#eachBin(box, (key) => {
      for (const item of this.#bins.get(key) ?? []) {
        const own = this.#boxes[item];
        if (own === undefined || this.#seen[item] === this.#round) continue;
        this.#seen[item] = this.#round;
        if (own[0] <= box[2] && own[2] >= box[0] && own[1] <= box[3] && own[3] >= box[1]) found.push(item);
      }
    });
    return found;
  }

  #eachBin(box: Box, visit: (key: number) => void): void {
    const at = (value: number): number => Math.floor(value / this.#size);
    for (let i = at(box[0]); i <= at(box[2]); i += 1) {
      for (let j = at(box[1]); j <= at(box[3]); j += 1) visit(i * ROWS + j);
    }
  }
}

/** More rows than any grid has, so that a column and a row make one number. */
const ROWS = 2 ** 26;
