/** A figure beside its band, with where it stands drawn as a bar. */

import type { JSX } from "preact";
import { bandText, judge, SIGN, type Verdict } from "../model/bands";
import { count } from "../model/numbers";
import { language, t } from "../state/state";

interface BandFigureProps {
  readonly label: string;
  readonly value: number | null;
  readonly band: readonly [number, number] | null;
  readonly exempt?: boolean;
  readonly compact?: boolean;
  readonly note?: string;
}

/** `1,532 / 1,000-1,500 ▲ 32 above`; without a band just the figure. */
export function BandFigure({ label, value, band, exempt = false, compact = false, note }: BandFigureProps): JSX.Element {
  const verdict = band === null ? null : judge(value, band, exempt);
  return (
    <div class={`figure ${verdict?.standing ?? "plain"}`}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{count(value, language.value)}</span>
        {verdict !== null && (
          <>
            <span class="band">/ {bandText([verdict.low, verdict.high], language.value)}</span>
            <span class={`verdict ${verdict.standing}`}>
              {SIGN[verdict.standing]} {verdictText(verdict)}
            </span>
          </>
        )}
        {note !== undefined && <span class="note">{note}</span>}
        {verdict !== null && !compact && value !== null && <BandBar value={value} verdict={verdict} />}
      </dd>
    </div>
  );
}

function verdictText(verdict: Verdict): string {
  return t(`verdict.${verdict.standing}`, { n: count(verdict.off, language.value) });
}

/** The band as a stretch on a line and the value as a mark on it; the words beside it say the same. */
function BandBar({ value, verdict }: { readonly value: number; readonly verdict: Verdict }): JSX.Element {
  const span = verdict.high - verdict.low || 1;
  const [from, to] = [verdict.low - span, verdict.high + span];
  const share = (x: number): number => Math.max(0, Math.min(1, (x - from) / (to - from))) * 100;
  return (
    <span class="band-bar" aria-hidden="true">
      <span class="inside" style={{ left: `${share(verdict.low)}%`, right: `${100 - share(verdict.high)}%` }} />
      <span class={`mark ${verdict.standing}`} style={{ left: `${share(value)}%` }} />
    </span>
  );
}

/** A plain figure with its note as a title and in words for screen readers. */
export function PlainFigure(props: { readonly label: string; readonly value: string; readonly note?: string }): JSX.Element {
  return (
    <div class="figure plain">
      <dt title={props.note}>{props.label}</dt>
      <dd>
        <span class="value">{props.value}</span>
        {props.note !== undefined && <span class="note">{props.note}</span>}
      </dd>
    </div>
  );
}
