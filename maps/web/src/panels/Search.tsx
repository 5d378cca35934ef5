/** Search by name or code: type, arrows, Enter. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { SearchHit } from "../model/types";
import { getJson } from "../state/client";
import { selectPoint, zoomTo } from "../state/commands";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Icon } from "./icons";

/** Long enough to skip the letters of a word being typed, short enough to feel immediate. */
const PAUSE_MS = 120;
/** Points are shown with this much around them, in metres. */
const AROUND_M = 120;

export const SEARCH_ID = "search";

export function Search(): JSX.Element {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const hits = useHits(text);
  const input = useRef<HTMLInputElement>(null);
  const shown = open && hits !== null;

  const choose = (hit: SearchHit): void => {
    follow(hit);
    setOpen(false);
    setText("");
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const found = hits ?? [];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + by + found.length) % Math.max(1, found.length));
      event.preventDefault();
    } else if (event.key === "Enter") {
      const hit = found[active];
      if (hit !== undefined) choose(hit);
    } else if (event.key === "Escape") {
      // Handled here alone: the page's own Escape would deselect as well.
      event.stopPropagation();
      setText("");
      setOpen(false);
      input.current?.blur();
    }
  };
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        id={SEARCH_ID}
        ref={input}
        type="search"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={`${t("search.placeholder")}  /`}
        aria-label={t("search.placeholder")}
        aria-expanded={shown}
        aria-controls="search-results"
        aria-autocomplete="list"
        aria-activedescendant={shown && hits.length > 0 ? `hit-${active}` : undefined}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {shown && <Hits hits={hits} text={text} active={active} choose={choose} />}
    </div>
  );
}

interface HitsProps {
  readonly hits: readonly SearchHit[];
  readonly text: string;
  readonly active: number;
  readonly choose: (hit: SearchHit) => void;
}

function Hits({ hits, text, active, choose }: HitsProps): JSX.Element {
  if (hits.length === 0) {
    return (
      <p class="results empty" role="status" id="search-results">
        {t("search.none", { text })}
      </p>
    );
  }
  return (
    <ul class="results" role="listbox" id="search-results" aria-label={t("search.results")}>
      {hits.map((hit, i) => (
        <li
          key={`${hit.kind} ${hit.id}`}
          id={`hit-${i}`}
          role="option"
          aria-selected={i === active}
          // Before the input loses its focus and the list closes.
          onMouseDown={(event) => {
            event.preventDefault();
            choose(hit);
          }}
        >
          <span class="name">{named(hit)}</span>
          <span class="quiet">{[kindOf(hit), parentOf(hit), hit.code].filter(Boolean).join(" · ")}</span>
        </li>
      ))}
    </ul>
  );
}

function kindOf(hit: SearchHit): string {
  if (hit.kind === "unit") return hit.level === null ? "" : t(`level.${hit.level}`);
  return t(`search.kind.${hit.kind}`);
}

/** The parent as the page names it in the language in use; the server's own name where the page lacks the unit. */
function parentOf(hit: SearchHit): string | null {
  const { byId } = state.units.value;
  const parent = hit.kind === "unit" ? byId.get(byId.get(String(hit.id))?.parent ?? "") : undefined;
  return parent === undefined ? hit.parent_name : named(parent);
}

function follow(hit: SearchHit): void {
  const [minx, miny, maxx, maxy] = hit.bounds;
  if (hit.kind === "unit") {
    const unit = state.units.peek().byId.get(String(hit.id));
    if (unit !== undefined) state.select(unit);
    zoomTo(hit.bounds);
    return;
  }
  if (hit.kind === "service_point") selectPoint(String(hit.id));
  const around = Math.max(0, AROUND_M - Math.max(maxx - minx, maxy - miny) / 2);
  zoomTo([minx - around, miny - around, maxx + around, maxy + around]);
}

/** Hits for a text, or null while there is nothing to show. A newer text cancels the older request. */
function useHits(text: string): readonly SearchHit[] | null {
  const [hits, setHits] = useState<readonly SearchHit[] | null>(null);
  const wanted = text.trim();
  const district = state.districtId.value;
  const plan = state.planId.value;
  useEffect(() => {
    if (wanted === "" || district === null) {
      setHits(null);
      return undefined;
    }
    const abort = new AbortController();
    const query = new URLSearchParams({ district, q: wanted, ...(plan === null ? {} : { plan }) });
    const timer = setTimeout(() => {
      getJson<SearchHit[]>(`/api/search?${query}`, language.peek(), abort.signal)
        .then(setHits)
        .catch((problem: unknown) => {
          if (abort.signal.aborted) return;
          state.notify("error", problem instanceof Error ? problem.message : String(problem));
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted, district, plan]);
  return hits;
}
