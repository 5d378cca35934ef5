/**
 * A layer painted once and moved with the map: a pan copies pixels and paints only what comes into view, an edit
 * paints only what it touched.
 */

import type { FrameState } from "ol/Map";
import ViewHint from "ol/ViewHint";
import Layer from "ol/layer/Layer";
import type { Box } from "../model/grid";

/** From metres to device pixels of the canvas that is painted. */
export interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly box: Box;
  readonly resolution: number;
  readonly ratio: number;
  readonly x: (east: number) => number;
  readonly y: (north: number) => number;
}

export type Paint = (pen: Pen) => void;

/** How far beyond the screen is painted, as a share of it on each side. */
const MARGIN = 0.2;
/** Patterns repeat every 8 CSS pixels: a picture moved by whole tiles keeps them in step. */
const TILE_PX = 8;

interface Cache {
  canvas: HTMLCanvasElement;
  /** Upper left corner. */
  west: number;
  north: number;
  readonly metre: number;
  readonly ratio: number;
}

export class CachedLayer extends Layer {
  readonly #shown = document.createElement("canvas");
  #cache: Cache | null = null;
  #stale = false;

  constructor(
    private readonly paint: Paint,
    zIndex: number,
  ) {
    super({ zIndex });
    this.#shown.style.position = "absolute";
    this.#shown.className = "ol-unselectable";
  }

  /** Paints anew what a box covers, or everything. */
  redraw(box: Box | null): void {
    if (box === null || this.#cache === null) this.#stale = true;
    else this.#region(this.#cache, box);
    this.changed();
  }

  override render(frame: FrameState | null): HTMLElement {
    if (frame === null) return this.#shown;
    const { size, pixelRatio: ratio, viewState } = frame;
    const moving = (frame.viewHints[ViewHint.ANIMATING] ?? 0) + (frame.viewHints[ViewHint.INTERACTING] ?? 0) > 0;
    const [width, height] = [Math.round((size[0] ?? 0) * ratio), Math.round((size[1] ?? 0) * ratio)];
    if (this.#shown.width !== width || this.#shown.height !== height) {
      [this.#shown.width, this.#shown.height] = [width, height];
      this.#shown.style.width = `${size[0]}px`;
      this.#shown.style.height = `${size[1]}px`;
    }
    const metre = ratio / viewState.resolution;
    const [x, y] = [viewState.center[0] ?? 0, viewState.center[1] ?? 0];
    const [west, north] = [x - width / 2 / metre, y + height / 2 / metre];
    this.#prepare(west, north, width, height, metre, ratio, moving);
    this.#show(west, north, metre);
    return this.#shown;
  }

  #prepare(west: number, north: number, width: number, height: number, metre: number, ratio: number, moving: boolean): void {
    const cache = this.#cache;
    const [wide, high] = [Math.ceil(width * (1 + 2 * MARGIN)), Math.ceil(height * (1 + 2 * MARGIN))];
    const resized = cache === null || cache.canvas.width !== wide || cache.canvas.height !== high || cache.ratio !== ratio;
    const scaled = cache !== null && Math.abs(cache.metre / metre - 1) > 1e-9;
    // While zooming, the picture there is stretched; it is painted once the map stands still.
    if (resized || this.#stale || (scaled && !moving)) {
      this.#cache = fresh(west - (width * MARGIN) / metre, north + (height * MARGIN) / metre, wide, high, metre, ratio);
      this.#stale = false;
      this.#region(this.#cache, boxOf(this.#cache));
    } else if (!scaled) this.#follow(cache, west, north, width, height);
  }

  /** Moves the picture when the screen nears its edge, and paints the strips that come in. */
  #follow(cache: Cache, west: number, north: number, width: number, height: number): void {
    const [left, top] = [(west - cache.west) * cache.metre, (cache.north - north) * cache.metre];
    const [spareX, spareY] = [cache.canvas.width - width, cache.canvas.height - height];
    if (left >= 0 && top >= 0 && left <= spareX && top <= spareY) return;
    const tile = Math.round(TILE_PX * cache.ratio);
    const whole = (pixels: number): number => Math.round(pixels / tile) * tile;
    const [dx, dy] = [whole(left - spareX / 2), whole(top - spareY / 2)];
    const old = boxOf(cache);
    const moved = fresh(cache.west + dx / cache.metre, cache.north - dy / cache.metre, cache.canvas.width, cache.canvas.height, cache.metre, cache.ratio);
    moved.canvas.getContext("2d")?.drawImage(cache.canvas, -dx, -dy);
    this.#cache = moved;
    const now = boxOf(moved);
    if (dx > 0) this.#region(moved, [old[2], now[1], now[2], now[3]]);
    if (dx < 0) this.#region(moved, [now[0], now[1], old[0], now[3]]);
    if (dy > 0) this.#region(moved, [now[0], now[1], now[2], old[1]]);
    if (dy < 0) this.#region(moved, [now[0], old[3], now[2], now[3]]);
  }

  #show(west: number, north: number, metre: number): void {
    const [context, cache] = [this.#shown.getContext("2d"), this.#cache];
    if (context === null || cache === null) return;
    const scale = metre / cache.metre;
    context.clearRect(0, 0, this.#shown.width, this.#shown.height);
    const [x, y] = [(cache.west - west) * metre, (north - cache.north) * metre];
    context.drawImage(cache.canvas, scale === 1 ? Math.round(x) : x, scale === 1 ? Math.round(y) : y, cache.canvas.width * scale, cache.canvas.height * scale);
  }

  #region(cache: Cache, [minx, miny, maxx, maxy]: Box): void {
    const context = cache.canvas.getContext("2d");
    if (context === null) return;
    const [x, y] = [(east: number): number => (east - cache.west) * cache.metre, (north: number): number => (cache.north - north) * cache.metre];
    const [left, top] = [Math.max(0, Math.floor(x(minx)) - 1), Math.max(0, Math.floor(y(maxy)) - 1)];
    const [right, bottom] = [Math.min(cache.canvas.width, Math.ceil(x(maxx)) + 1), Math.min(cache.canvas.height, Math.ceil(y(miny)) + 1)];
    if (right <= left || bottom <= top) return;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(left, top, right - left, bottom - top);
    // Lines are wider than what they run along.
    const pad = (4 * cache.ratio) / cache.metre;
    this.paint({ context, box: [minx - pad, miny - pad, maxx + pad, maxy + pad], resolution: cache.ratio / cache.metre, ratio: cache.ratio, x, y });
    context.restore();
  }
}

function fresh(west: number, north: number, width: number, height: number, metre: number, ratio: number): Cache {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return { canvas, west, north, metre, ratio };
}

function boxOf({ canvas, west, north, metre }: Cache): Box {
  return [west, north - canvas.height / metre, west + canvas.width / metre, north];
}
