/** The map of the editing view with its tools, the figures at the pointer, levels and zoom. */

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { JSX } from "preact";
import { ordinaryParts } from "../../model/bands";
import { count } from "../../model/numbers";
import { LEVELS } from "../../model/types";
import { attach, fitDistrict, panBy, selectCentre, zoomBy } from "../../state/commands";
import { Icon } from "../../panels/icons";
import { MAP_ID } from "../../panels/MapPane";
import * as state from "../../state/state";
import { named, t } from "../../state/state";
import { EditMap, pixelOf } from "../map/edit_map";
import { mostChanged, type Foreseen } from "../model/foresight";
import { awaiting, foreseen, model, open, tool } from "../state/session";
import { crosshair } from "../tools/crosshair";
import { drawing } from "../tools/lines";
import { sketch } from "../tools/sketch";
import { Before, foreseenName } from "./Before";
import { refusalText, unitName } from "../state/words";
import { Toolbar } from "./Toolbar";
import { Viewed } from "./History";

/** The pointer in the map, and the map's size. */
const pointer_px = signal<readonly [number, number, number, number]>([0, 0, 0, 0]);
/** Between the pointer and the figures beside it. */
const BESIDE_PX = 18;
const UNITS_TOLD = 4;

export function EditPane(): JSX.Element {
  const district = state.district.value;
  return (
    <main class="map-pane" onPointerMove={(event) => follow(event)}>
      <OlMap />
      {district !== null && (
        <>
          <Toolbar />
          <LevelChoice />
          <ZoomButtons />
          <PointerFigures />
          <Spoken />
          <Viewed />
        </>
      )}
      {state.plan.value !== null && open.value === null && state.plan.value.levels.length > 0 && (
        <p class="map-wait" role="status">
          {t("edit.loading_blocks")}
        </p>
      )}
    </main>
  );
}

function follow(event: JSX.TargetedPointerEvent<HTMLElement>): void {
  const box = event.currentTarget.getBoundingClientRect();
  pointer_px.value = [event.clientX - box.left, event.clientY - box.top, box.width, box.height];
}

function OlMap(): JSX.Element {
  const target = useRef<HTMLDivElement>(null);
  const district = state.district.value;
  useEffect(() => {
    if (target.current === null || district === null) return undefined;
    const view = new EditMap(target.current, district);
    attach(view);
    return () => {
      attach(null);
      view.dispose();
    };
  }, [district]);
  const label = district === null ? t("loading") : t("edit.map", { district: named(district) });
  return <div id={MAP_ID} class="map edit-map" ref={target} tabIndex={0} role="application" aria-label={label} onKeyDown={onMapKey} />;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function onMapKey(event: KeyboardEvent): void {
  const move = MOVES[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (move !== undefined) panBy(...move);
  else if (event.key === "Enter" && tool.peek() === "select") selectCentre();
  else return;
  event.preventDefault();
}

/** What the tool in hand would do, beside what draws: the pointer, the keys' crosshair, or the end of a line. */
function PointerFigures(): JSX.Element | null {
  const shown = foreseen.value;
  // A cut leaves all figures as they are.
  return shown === null || shown.operation.operation === "cut" ? null : <Figures shown={shown} />;
}

function Figures({ shown }: { readonly shown: Foreseen }): JSX.Element {
  const card = useRef<HTMLDivElement>(null);
  const [, , width, height] = pointer_px.value;
  const [x, y] = shownAt();
  // How many units there are, and how long their names, is known once they are laid out.
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null) return;
    element.style.transform = `translate(${beside(x, element.offsetWidth, width)}px, ${beside(y, element.offsetHeight, height)}px)`;
  });
  return (
    <div class="pointer-figures" ref={card} aria-hidden="true">
      {mostChanged(shown, UNITS_TOLD).map((unit) => (
        <Before key={unit.id} unit={unit} measures={["residents", "households"]} />
      ))}
      {shown.refusal !== null && <Refusal />}
    </div>
  );
}

/** After the pointer where there is room, else before it; never out of the pane. */
function beside(at: number, size: number, pane: number): number {
  const after = at + BESIDE_PX;
  return after + size <= pane ? after : Math.max(0, Math.min(at - BESIDE_PX - size, pane - size));
}

function shownAt(): readonly [number, number] {
  // Read, so that the figures follow when the map is moved.
  void state.place.value;
  const anchor = crosshair.value ?? (awaiting.value ? drawing.value[drawing.value.length - 1] : undefined);
  return (anchor === undefined ? null : pixelOf(anchor)) ?? [pointer_px.value[0], pointer_px.value[1]];
}

/** For those who hear the page: where the crosshair is, and what would change. */
function Spoken(): JSX.Element {
  const [at, plan, shown] = [crosshair.value, model.value, foreseen.value];
  const said: string[] = [];
  if (at !== null && plan !== null) {
    const [block, snap] = [plan.blocks.under(...at), sketch.value?.snap ?? null];
    const unit = block < 0 ? null : plan.unitOf(block, state.level.value);
    said.push(unit === null ? t("edit.crosshair_outside") : unitName(unit));
    if (snap !== null) said.push(t(`edit.snap.${snap.kind}`, { name: snap.name ?? "" }).trim());
    if (drawing.value.length > 0) said.push(t("edit.points", { n: drawing.value.length }));
  }
  for (const unit of shown === null ? [] : mostChanged(shown, UNITS_TOLD)) {
    const { before, after } = unit;
    const [was, is] = [before, after].map((figures) => count(figures?.residents ?? 0, state.language.value));
    if (was !== is) said.push(`${foreseenName(unit)}: ${t("measure.residents")} ${was} → ${is}`);
  }
  return (
    <p class="visually-hidden" aria-live="polite">
      {said.join(" · ")}
    </p>
  );
}

function Refusal(): JSX.Element | null {
  const refusal = foreseen.value?.refusal ?? null;
  return refusal === null ? null : <p class="refusal">✕ {refusalText(refusal)}</p>;
}

function LevelChoice(): JSX.Element | null {
  const plan = state.plan.value;
  if (plan === null || plan.levels.length === 0) return null;
  return (
    <div class="levels edit-levels" role="radiogroup" aria-label={t("level.choose")}>
      {LEVELS.filter((level) => plan.levels.includes(level)).map((level) => (
        <label key={level} class={level === state.level.value ? "chosen" : ""}>
          <input type="radio" name="level" checked={level === state.level.value} onChange={() => (state.level.value = level)} />
          {t(`levels.${level}`)}
          <span class="tally">{ordinaryParts(state.planUnits.value.byLevel.get(level) ?? [])}</span>
        </label>
      ))}
    </div>
  );
}

function ZoomButtons(): JSX.Element {
  const buttons = [["plus", "map.zoom_in", "+", () => zoomBy(1)], ["minus", "map.zoom_out", "−", () => zoomBy(-1)], ["whole", "map.fit", "0", fitDistrict]] as const;
  return (
    <div class="zoom-buttons edit-zoom">
      {buttons.map(([icon, words, key, act]) => (
        <button key={icon} aria-label={t(words)} title={`${t(words)} (${key})`} onClick={act}>
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}
