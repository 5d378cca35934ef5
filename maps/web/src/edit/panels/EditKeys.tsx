/** Every key of the editing view. */

import type { JSX } from "preact";
import { Panel } from "../../panels/Panel";
import type { MessageKey } from "../../messages/translate";
import { t } from "../../state/state";
import { TOOL_KEYS } from "../state/keys";
import { TOOLS } from "../state/session";

const OTHERS: readonly (readonly [string, MessageKey])[] = [
  ["Ctrl Z", "edit.undo"],
  ["Ctrl Shift Z", "edit.redo"],
  ["Enter", "edit.keys.confirm"],
  ["Esc", "edit.keys.leave"],
  ["Backspace", "edit.point_back"],
  ["[ ]", "edit.brush_size"],
  ["Alt", "edit.keys.pick"],
  ["F", "edit.only_community"],
  ["A", "edit.only_unassigned"],
  ["X", "edit.next_problem"],
  ["Y", "edit.only_mine"],
  ["Space", "edit.keys.space"],
  ["← ↑ ↓ →", "edit.keys.crosshair"],
  ["Enter Space", "edit.keys.press"],
  ["+ −", "keys.zoom"],
  ["0", "keys.fit"],
  ["1 2 3", "keys.level"],
  ["/", "keys.search"],
  ["L", "rail.layers"],
  ["?", "keys.help"],
];

export function EditKeys(): JSX.Element {
  return (
    <Panel title={t("keys.title")}>
      <dl class="keys">
        {TOOLS.map((name) => (
          <Row key={name} keys={TOOL_KEYS[name]} words={`edit.tool.${name}`} />
        ))}
        {OTHERS.map(([keys, words]) => (
          <Row key={keys} keys={keys} words={words} />
        ))}
      </dl>
    </Panel>
  );
}

function Row({ keys, words }: { readonly keys: string; readonly words: MessageKey }): JSX.Element {
  return (
    <div>
      <dt>
        {keys.split(" ").map((one) => (
          <kbd key={one}>{one}</kbd>
        ))}
      </dt>
      <dd>{t(words)}</dd>
    </div>
  );
}
