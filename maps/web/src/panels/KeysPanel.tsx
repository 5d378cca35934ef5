/** Every key the page knows. */

import type { JSX } from "preact";
import { t } from "../state/state";
import { Panel } from "./Panel";

const KEYS = [
  ["← ↑ ↓ →", "keys.move"],
  ["+ −", "keys.zoom"],
  ["Enter", "keys.select"],
  ["0", "keys.fit"],
  ["1 2 3", "keys.level"],
  ["/", "keys.search"],
  ["T", "keys.table"],
  ["P", "rail.propose"],
  ["L", "rail.layers"],
  ["M", "rail.paper"],
  ["E", "rail.export"],
  ["I", "rail.import"],
  ["Tab", "keys.tab"],
  ["Esc", "keys.escape"],
  ["?", "keys.help"],
] as const;

export function KeysPanel(): JSX.Element {
  return (
    <Panel title={t("keys.title")}>
      <dl class="keys">
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{t(words)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
