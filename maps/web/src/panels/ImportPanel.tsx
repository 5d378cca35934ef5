/** Takes in a file as a layer: whole or not at all, with progress, cancel and what was read. */

import { useState } from "preact/hooks";
import type { JSX } from "preact";
import { isUnreadable, readMapping } from "../model/columns";
import type { Said } from "../messages/said";
import { percent } from "../model/numbers";
import { cancelImport, importJob, isOver, startImport, type Job } from "../state/jobs";
import { refresh } from "../state/load";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Panel } from "./Panel";

const LAYERS = [
  "district",
  "blocks",
  "streets",
  "communities",
  "cells",
  "units",
  "buildings",
  "roads",
  "water",
  "walls",
  "compounds",
  "service_points",
  "incidents",
] as const;

export function ImportPanel(): JSX.Element {
  const job = importJob.value;
  return (
    <Panel title={t("import.title")}>
      {job === null ? <ImportForm /> : <Progress job={job} />}
    </Panel>
  );
}

function ImportForm(): JSX.Element {
  const [layer, setLayer] = useState<(typeof LAYERS)[number]>("blocks");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const mapping = readMapping(String(form.get("columns") ?? ""));
    if (isUnreadable(mapping)) {
      setProblem(t("import.unreadable", { line: mapping.unreadable }));
      return;
    }
    form.set("columns", Object.keys(mapping).length === 0 ? "" : JSON.stringify(mapping));
    for (const name of ["columns", "crs", "name", "district", "count_date"]) {
      if (form.get(name) === "") form.delete(name);
    }
    setBusy(true);
    setProblem(null);
    try {
      await startImport(form, refresh);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <form class="import" onSubmit={(event) => void submit(event)}>
      <label>
        <span>{t("import.file")}</span>
        <input type="file" name="file" required />
      </label>
      <label>
        <span>{t("import.layer")}</span>
        <select name="layer" value={layer} onChange={(event) => setLayer(event.currentTarget.value as typeof layer)}>
          {LAYERS.map((name) => (
            <option key={name} value={name}>
              {t(`import.layer.${name}`)}
            </option>
          ))}
        </select>
      </label>
      {layer === "units" ? <Returning /> : <Target />}
      <details>
        <summary>{t("import.more")}</summary>
        <label>
          <span>{t("import.crs")}</span>
          <input type="text" name="crs" placeholder="EPSG:4490" />
        </label>
        <label>
          <span>{t("import.count_date")}</span>
          <input type="date" name="count_date" />
        </label>
        <label>
          <span>{t("import.columns")}</span>
          <textarea name="columns" rows={3} placeholder={"residents = TOTPOP\nparent = WARD"} />
        </label>
      </details>
      {problem !== null && <p class="warning" role="alert">{problem}</p>}
      <button class="button primary" type="submit" disabled={busy}>
        {t("import.start")}
      </button>
    </form>
  );
}

/** Back to the plan it was exported from, as a draft of its own. */
function Returning(): JSX.Element {
  const plans = state.plans.value ?? [];
  return (
    <>
      <label>
        <span>{t("import.of_plan")}</span>
        <select name="plan" required>
          {plans.map((plan) => (
            <option key={plan.id} value={plan.name} selected={plan === state.plan.value}>
              {named(plan)}
            </option>
          ))}
        </select>
      </label>
      <input type="hidden" name="district" value={state.district.value?.key ?? ""} />
      <label>
        <span>{t("import.as_plan")}</span>
        <input type="text" name="name" placeholder={t("import.as_plan.own")} maxLength={200} />
      </label>
      <p class="quiet small">{t("import.returning")}</p>
    </>
  );
}

/** Into a district that is there, or a new one by its name. */
function Target(): JSX.Element {
  const [chosen, setDistrict] = useState<string | null>(null);
  const district = chosen ?? state.district.value?.key ?? "";
  return (
    <>
      <label>
        <span>{t("import.district")}</span>
        <select name="district" value={district} onChange={(event) => setDistrict(event.currentTarget.value)}>
          {(state.districts.value ?? []).map((one) => (
            <option key={one.id} value={one.key}>
              {named(one)}
            </option>
          ))}
          <option value="">{t("import.new_district")}</option>
        </select>
      </label>
      {district === "" && (
        <label>
          <span>{t("import.name")}</span>
          <input type="text" name="name" required />
        </label>
      )}
    </>
  );
}

function Progress({ job }: { readonly job: Job }): JSX.Element {
  const over = isOver(job);
  const said = sentences(job);
  return (
    <div class="job" aria-live="polite">
      <p>
        <strong>{t(`job.${job.state}`)}</strong>
        {!over && job.progress !== null && ` ${percent(job.progress, language.value)}`}
      </p>
      {!over && <progress max={1} {...(job.progress === null ? {} : { value: job.progress })} />}
      {!over && job.said !== null && <p class="quiet">{state.saying(job.said)}</p>}
      {job.error !== null && (
        <p class="warning" role="alert">
          {said[0] === undefined ? job.error : state.saying(said[0])} {t("import.unharmed")}
        </p>
      )}
      <ul class="lines">
        {job.error === null && said.map((line) => <li key={line.text}>{state.saying(line)}</li>)}
      </ul>
      {over ? (
        <button class="button" onClick={() => (importJob.value = null)}>
          {t("import.again")}
        </button>
      ) : (
        <button class="button" onClick={() => void cancel()}>
          {t("import.cancel")}
        </button>
      )}
    </div>
  );
}

function sentences({ result }: Job): readonly Said[] {
  const said = result?.said ?? (result?.lines ?? []).map((text) => ({ text }));
  return "text" in said ? [said] : said;
}

async function cancel(): Promise<void> {
  try {
    await cancelImport();
  } catch (failure) {
    state.notify("error", failure instanceof Error ? failure.message : String(failure));
  }
}
