/** How much room the window has for the size of text: a usual screen at 200 % is as narrow as a tablet. */

import { computed, signal } from "@preact/signals";

/** What the style sheet calls a rem when nobody asked for larger text. */
const USUAL_REM_PX = 14;
/** Windows narrower than this, at the usual size of text, leave something out. */
const NARROWER_PX = { small: 900, smaller: 700, tiny: 340 } as const;

/** How much larger than usual text is: by the reader's setting, or on a wall. The map's labels follow it. */
export const textScale = signal(1);
const width_px = signal(window.innerWidth);

export const room = computed<readonly string[]>(() => {
  const usual_px = width_px.value / textScale.value;
  return Object.entries(NARROWER_PX).filter(([, limit]) => usual_px < limit).map(([name]) => name);
});

/** Follows the window's width and the size of text; `letter` is an element one rem wide. */
export function watchRoom(frame: Element, letter: Element): () => void {
  const watch = new ResizeObserver(() => {
    width_px.value = window.innerWidth;
    textScale.value = parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_REM_PX;
  });
  watch.observe(frame);
  watch.observe(letter);
  return () => watch.disconnect();
}
