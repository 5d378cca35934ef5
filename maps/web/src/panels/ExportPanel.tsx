/** The plan's units at the level shown, as a file. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { send } from "../state/client";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Panel } from "./Panel";

const FORMATS = ["gpkg", "geojson", "xlsx"] as const;
type Format = (typeof FORMATS)[number];

export function ExportPanel(): JSX.Element | null {
  const [busy, setBusy] = useState<Format | null>(null);
  const plan = state.plan.value;
  if (plan === null) return null;
  const run = async (format: Format): Promise<void> => {
    setBusy(format);
    try {
      const file = await download(plan.id, state.level.peek(), format);
      state.notify("done", t("export.done", { file }));
      state.popover.value = null;
    } catch (problem) {
      state.notify("error", problem instanceof Error ? problem.message : String(problem));
      setBusy(null);
    }
  };
  return (
    <Panel title={t("export.title", { plan: named(plan), level: t(`levels.${state.level.value}`) })}>
      <ul class="choices">
        {FORMATS.map((format) => (
          <li key={format}>
            <button class="button" disabled={busy !== null} onClick={() => void run(format)}>
              {t(`export.${format}`)}
            </button>
          </li>
        ))}
      </ul>
      {busy !== null && <p class="quiet" role="status">{t("export.working")}</p>}
    </Panel>
  );
}

/** Saves the file through the browser and answers with its name. Fetched, so that an error is shown and not saved. */
async function download(plan: number, level: string, format: Format): Promise<string> {
  const response = await send(`/api/plans/${plan}/export?level=${level}&format=${format}`, language.peek(), {});
  const name = fileName(response.headers.get("Content-Disposition")) ?? `plan-${plan}-${level}.${format}`;
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return name;
}

function fileName(disposition: string | null): string | null {
  const encoded = disposition?.match(/filename\*=UTF-8''([^;]+)/i)?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return disposition?.match(/filename="?([^";]+)"?/i)?.[1] ?? null;
}
