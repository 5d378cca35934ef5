/** Proposals: set one up, watch the search, compare what came of it on the map, take one as a draft. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import { known } from "../messages/translate";
import { percent } from "../model/numbers";
import { secondsLeft } from "../model/proposals";
import { isOver, type Job } from "../state/jobs";
import * as proposing from "../state/proposing";
import * as state from "../state/state";
import { language, named, t } from "../state/state";
import { Icon } from "./icons";
import { UnderPointer } from "./Inspector";
import { ProposeForm } from "./ProposeForm";
import { ProposalChoice } from "./ProposalChoice";

export function ProposePanel(): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <aside class="inspector propose" aria-label={t("propose.title")} tabIndex={-1} ref={panel}>
      <div class="scroll">
        <header>
          <h1>{t("propose.title")}</h1>
          <button class="plain-button" aria-label={t("close")} title={`${t("close")} (P)`} onClick={() => (state.proposing.value = false)}>
            <Icon name="close" />
          </button>
        </header>
        <Body />
      </div>
      {!state.noPlan.value && <UnderPointer />}
    </aside>
  );
}

function Body(): JSX.Element {
  const plan = state.plan.value;
  const job = proposing.elsewhere.value ? null : proposing.job.value;
  if (job !== null && job.state === "done" && proposing.proposals.value.length > 0) return <ProposalChoice />;
  if (job !== null) return <Progress job={job} />;
  if (plan === null) return <p class="quiet">{state.plans.value === null ? t("loading") : t("propose.no_plan")}</p>;
  if (proposing.draft.value === null) return <p class="quiet">{state.working.value.has("proposals") ? t("loading") : t("propose.no_plan")}</p>;
  return (
    <>
      {proposing.elsewhere.value && <Elsewhere />}
      <p class="quiet">{t("propose.about", { plan: named(plan) })}</p>
      <ProposeForm />
    </>
  );
}

/** A search that divides another plan goes on, and its proposals wait. */
function Elsewhere(): JSX.Element | null {
  const job = proposing.job.value;
  const plan = state.plans.value?.find((one) => one.id === proposing.jobPlan.value);
  if (job === null || plan === undefined) return null;
  const ready = proposing.proposals.value.length > 0;
  const share = !ready && !isOver(job) && job.progress !== null ? ` ${percent(job.progress, language.value)}` : "";
  return (
    <section class="elsewhere">
      <p>
        {ready ? t("propose.ready", { plan: named(plan) }) : `${t("propose.elsewhere", { plan: named(plan) })} ${t(`propose.job.${job.state}`)}${share}`}
      </p>
      <button class="button" onClick={proposing.showSearch}>
        {t("propose.show")}
      </button>
    </section>
  );
}

function Progress({ job }: { readonly job: Job }): JSX.Element {
  const over = isOver(job);
  const [stopping, setStopping] = useState(false);
  const stop = async (): Promise<void> => {
    setStopping(true);
    try {
      await proposing.stop();
    } catch (problem) {
      setStopping(false);
      state.notify("error", problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <div class="job" aria-live="polite">
      <p>
        <strong>{t(`propose.job.${job.state}`)}</strong>
        {!over && job.progress !== null && ` ${percent(job.progress, language.value)}`}
      </p>
      {!over && <progress max={1} {...(job.progress ? { value: job.progress } : {})} />}
      {!over && <p class="quiet">{phaseText(job)}</p>}
      {job.error !== null && <p class="warning" role="alert">{job.error}</p>}
      {over ? (
        <button class="button" onClick={proposing.forget}>
          {t("propose.back")}
        </button>
      ) : (
        <button class="button" disabled={stopping} onClick={() => void stop()}>
          {job.state === "queued" ? t("propose.cancel") : stopping ? t("propose.stopping") : t("propose.stop")}
        </button>
      )}
    </div>
  );
}

function phaseText(job: Job): string {
  if (job.state === "queued") return t("propose.phase.queued");
  const phase = t(known(`propose.phase.${job.message ?? ""}`, "propose.phase.prepare"));
  const first = proposing.firstNews.value;
  const left = first === null || job.progress === null ? null : secondsLeft(first, [Date.now(), job.progress]);
  return left === null ? phase : `${phase} ${t("propose.left", { n: Math.max(1, Math.round(left)) })}`;
}
