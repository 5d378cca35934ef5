/** Review: comments pinned to places, answered and resolved. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Bounds } from "../model/types";
import { zoomTo } from "../state/commands";
import { localTime } from "../state/local_time";
import * as state from "../state/state";
import { named, t } from "../state/state";
import { known } from "../messages/translate";
import { attempt, change, commentId, comments, loadComments, placing, type Comment } from "./state";

const AROUND_M = 150;

export function ReviewTask(): JSX.Element | null {
  const [at, setAt] = useState<Pinned | null>(null);
  const [all, setAll] = useState(false);
  useEffect(() => () => {
    placing.value = null;
    commentId.value = null;
  }, []);
  const plan = state.plan.value;
  if (plan === null) return null;
  const open = comments.value.filter((one) => one.resolved_at === null).length;
  const begin = (): void => {
    placing.value = (place, unit) => setAt({ place, unit });
  };
  const here = (): void => {
    const centre = state.place.peek();
    placing.value = null;
    if (centre !== null) setAt({ place: [centre.x, centre.y], unit: null });
  };
  return (
    <>
      <p class="lead">{comments.value.length === 0 ? t("review.empty") : t("review.count", { open, all: comments.value.length })}</p>
      {at !== null ? (
        <Writing at={at} plan={plan.id} leave={() => setAt(null)} />
      ) : placing.value !== null ? (
        <div class="placing" role="status">
          <p>{t("review.place")}</p>
          <div class="actions">
            <button class="button" onClick={here}>{t("review.here")}</button>
            <button class="button" onClick={() => (placing.value = null)}>{t("cancel")}</button>
          </div>
        </div>
      ) : (
        <div class="actions">
          <button class="button primary" onClick={begin}>{t("review.add")}</button>
        </div>
      )}
      {open < comments.value.length && (
        <label class="small">
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} /> {t("review.resolved_too")}
        </label>
      )}
      <ol class="comments">
        {comments.value.map((one, k) => (all || one.resolved_at === null || one.id === commentId.value) && <Thread key={one.id} one={one} number={k + 1} plan={plan.id} />)}
      </ol>
    </>
  );
}

interface Pinned {
  readonly place: readonly [number, number];
  readonly unit: string | null;
}

interface WritingProps {
  readonly at: Pinned;
  readonly plan: number;
  readonly leave: () => void;
}

function Writing({ at, plan, leave }: WritingProps): JSX.Element {
  const send = async (text: string): Promise<boolean> => {
    const sent = await change<{ readonly id?: number }>(`/api/plans/${plan}/comments`, { at: at.place, text, unit: at.unit === null ? null : Number(at.unit) });
    if (sent === null) return false;
    await loadComments(String(plan));
    if (sent.id !== undefined) commentId.value = sent.id;
    leave();
    return true;
  };
  return <Answer label={t("review.text")} button={t("review.pin")} send={send} leave={leave} />;
}

interface AnswerProps {
  readonly label: string;
  readonly button: string;
  readonly send: (text: string) => Promise<boolean>;
  readonly leave?: () => void;
}

function Answer({ label, button, send, leave }: AnswerProps): JSX.Element {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    let sent = false;
    await attempt(async () => {
      sent = await send(text.trim());
    });
    setBusy(false);
    if (sent) setText("");
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{label}</span>
        <textarea rows={leave === undefined ? 1 : 3} required maxLength={4000} autofocus={leave !== undefined} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <div class="actions">
        <button class={`button ${leave === undefined ? "" : "primary"}`} disabled={busy || text.trim() === ""}>{button}</button>
        {leave !== undefined && <button type="button" class="button" onClick={leave}>{t("cancel")}</button>}
      </div>
    </form>
  );
}

function Thread({ one, number, plan }: { readonly one: Comment; readonly number: number; readonly plan: number }): JSX.Element {
  const item = useRef<HTMLLIElement>(null);
  const chosen = commentId.value === one.id;
  useEffect(() => {
    if (chosen) item.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const unit = one.unit === null ? undefined : state.planUnits.value.byId.get(String(one.unit));
  const go = (): void => {
    commentId.value = one.id;
    zoomTo(aroundOf(one.at));
  };
  const act = async (path: string, body: object): Promise<boolean> => {
    if ((await change(`/api/comments/${one.id}/${path}`, body)) === null) return false;
    await loadComments(String(plan));
    return true;
  };
  const settled = one.resolved_at !== null;
  return (
    <li ref={item} class={`${chosen ? "chosen" : ""} ${settled ? "settled" : ""}`}>
      <button class="link" onClick={go} aria-expanded={chosen}>
        <span class="pin" aria-hidden="true">{settled ? `✓${number}` : number}</span>
        <span class="quiet">
          <Who author={one.author} at={one.created_at} />
          {unit !== undefined && ` · ${named(unit)}`}
          {settled && ` · ${t("review.settled")}`}
        </span>
      </button>
      <p>{one.text}</p>
      {one.replies.map((reply) => (
        <div key={reply.id} class="reply">
          <p class="quiet"><Who author={reply.author} at={reply.created_at} /></p>
          <p>{reply.text}</p>
        </div>
      ))}
      {chosen && !settled && <Answer label={t("review.reply")} button={t("review.send")} send={(text) => act("replies", { text })} />}
      {chosen && (
        <div class="actions">
          <button class="button" onClick={() => void attempt(() => act(settled ? "reopen" : "resolve", {}))}>
            {t(settled ? "review.reopen" : "review.resolve")}
          </button>
        </div>
      )}
    </li>
  );
}

function Who({ author, at }: { readonly author: Comment["author"]; readonly at: string }): JSX.Element {
  const role = t(known(`who.role.${author.role}`, "who.role.planner"));
  return <>{author.name} ({role}) · <time dateTime={at}>{localTime(at)}</time></>;
}

function aroundOf([x, y]: readonly [number, number]): Bounds {
  return [x - AROUND_M, y - AROUND_M, x + AROUND_M, y + AROUND_M];
}
