/** Makes the page of the view and hands it over as a file. */

import { figureNotes, legendEntries, legendTitle, noteLines } from "./legend";
import { cssPixels, denominatorFor, layOut, resolutionFor, type Orientation, type PageLayout, type PaperSize } from "./page_layout";
import { drawPaper, type Paper } from "./paper";
import { pdf } from "./pdf";
import { pictureOfView, type View2d } from "./picture";
import { count } from "../model/numbers";
import { MAP_ID } from "../panels/MapPane";
import type { Bounds } from "../model/types";
import * as state from "../state/state";
import { language, t } from "../state/state";

/** Room around the district, as a share of its length. */
const AROUND = 0.02;

export type Format = "png" | "pdf";

export interface PaperWish {
  readonly size: PaperSize;
  readonly orientation: Orientation;
  readonly denominator: number;
  readonly title: string;
}

/** The finest round scale at which the paper shows all that the screen does. */
export function fittingDenominator(size: PaperSize, orientation: Orientation): number {
  const [minx, miny, maxx, maxy] = shownBounds();
  return denominatorFor(maxx - minx, maxy - miny, layOut(size, orientation).map);
}

/** What the screen shows of the district and its surroundings: empty paper beyond is no part of the view. */
function shownBounds(): Bounds {
  const screen = document.getElementById(MAP_ID);
  const { x, y, resolution } = state.place.value ?? { x: 0, y: 0, resolution: 10 };
  const [dx, dy] = [((screen?.clientWidth ?? 800) * resolution) / 2, ((screen?.clientHeight ?? 600) * resolution) / 2];
  const seen: Bounds = [x - dx, y - dy, x + dx, y + dy];
  const whole = state.district.value?.bounds ?? seen;
  const margin = AROUND * Math.max(whole[2] - whole[0], whole[3] - whole[1]);
  const both = seen.map((at, k) => (k < 2 ? Math.max(at, (whole[k] ?? at) - margin) : Math.min(at, (whole[k] ?? at) + margin)));
  const [minx = 0, miny = 0, maxx = 0, maxy = 0] = both;
  return minx < maxx && miny < maxy ? [minx, miny, maxx, maxy] : seen;
}

/** Saves the view through the browser and answers with the file's name. */
export async function saveView(format: Format, wish: PaperWish): Promise<string> {
  const paper = await paperOf(wish);
  const layout = layOut(wish.size, wish.orientation);
  const blob = format === "png" ? await png(paper) : await pdfOf(paper, layout, wish.title);
  const name = `${wish.title.replace(/[\\/:*?"<>|\s]+/g, "_")}_${today()}.${format}`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return name;
}

async function paperOf({ size, orientation, denominator, title }: PaperWish): Promise<Paper> {
  const [district, plan] = [state.district.peek(), state.plan.peek()];
  if (district === null || plan === null) throw new Error(t("loading.plan"));
  const layout = layOut(size, orientation);
  const [minx, miny, maxx, maxy] = shownBounds();
  const view: View2d = { x: (minx + maxx) / 2, y: (miny + maxy) / 2, resolution: resolutionFor(denominator) };
  const map = await pictureOfView(district, view, Math.round(cssPixels(layout.map.wide)), Math.round(cssPixels(layout.map.high)));
  return drawPaper({
    layout,
    title,
    subtitle: [t(`levels.${state.level.peek()}`), legendTitle()].filter((one) => one !== "").join(" · "),
    standing: `${t(plan.in_force ? "plan.in_force" : `plan.state.${plan.state}`)} · ${t("plan.revision", { n: plan.revision })}`,
    map,
    denominator,
    scale: `${t("paper.scale")} 1:${count(denominator, language.peek())}`,
    legendTitle: [t("legend.title"), ...figureNotes()].join(" · "),
    legend: legendEntries(),
    notes: noteLines(district, plan, today()),
    north: t("paper.north"),
  });
}

function png({ canvas }: Paper): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error(t("paper.too_large"))) : resolve(blob)), "image/png");
  });
}

async function pdfOf({ canvas, words }: Paper, layout: PageLayout, title: string): Promise<Blob> {
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  if (pixels === undefined) throw new Error(t("paper.too_large"));
  const bytes = await pdf(pixels, { wide_mm: layout.wide, high_mm: layout.high, title, words }, new Date());
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/pdf" });
}

/** The day here, not in Greenwich. */
export function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

