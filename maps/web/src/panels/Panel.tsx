/** A panel that opens beside the rail: takes the focus, gives it back, closes with Escape. */

import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren, JSX } from "preact";
import * as state from "../state/state";
import { t } from "../state/state";
import { Icon } from "./icons";

interface PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}

export function Panel({ title, children, wide = false }: PanelProps): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <section class={`panel ${wide ? "wide" : ""}`} role="dialog" aria-label={title} tabIndex={-1} ref={panel}>
      <header>
        <h2>{title}</h2>
        <button class="plain-button" aria-label={t("close")} title={`${t("close")} (Esc)`} onClick={() => (state.popover.value = null)}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </section>
  );
}
