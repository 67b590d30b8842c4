import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ConversationTurn } from '../api/responses.js';
import { ask, denied, hasCode } from '../api/client.js';
import { usageWords } from '../format/usage.js';
import { oneLine, visible } from '../format/visible.js';
import { Conversation } from '../parts/conversation.js';
import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { Empty, Failure, Loading } from '../parts/notice.js';
import { ScoreStrip } from '../parts/score-strip.js';
import { isMessage, isUnanswered } from '../model/unanswered.js';
import { useKeys } from '../state/keys.js';
import { term } from '../model/search-term.js';
import { listHref } from '../state/live-list.js';
import { go, searchHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';

/** Pixels from the end of the page within which a reader is at the newest message. */
const AT_END = 80;

/** The traces of one contact as a conversation: opens at the newest message, and stays there while new ones come. */
export function ContactPage({ id }: { id: string }) {
  const turnsOf = (abort: AbortSignal | undefined, before?: string) =>
    ask('conversation', { contact_id: id, limit: 20, before }, abort);
  const { value, error, reload } = useLoad(`contact ${id}`, (abort) => turnsOf(abort));
  const [older, setOlder] = useState<{ turns: ConversationTurn[]; next: string | null } | undefined>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => setOlder(undefined), [id]);
  useRefresh(({ data }) => data.contact_id === id, reload);
  useKeys({ Escape: () => go(listHref()) });

  const next = older ? older.next : (value?.next ?? null);
  const more = async () => {
    try {
      const page = await turnsOf(undefined, next ?? undefined);
      setOlder({ turns: [...page.turns, ...(older?.turns ?? [])], next: page.next });
      setFailure(undefined);
    } catch (problem) {
      setFailure(problem);
    }
  };
  // A refresh brings the newest turns, which may include some of the older page.
  const turns = useMemo(() => {
    const all = new Map([...(older?.turns ?? []), ...(value?.turns ?? [])].map((turn) => [turn.trace.trace_id, turn]));
    return [...all.values()].sort((a, b) => (a.trace.started_at < b.trace.started_at ? -1 : 1));
  }, [older, value]);

  useStayInPlace(turns);

  if (!value) {
    if (hasCode(error, 'CONTACT_NOT_FOUND')) {
      return (
        <Empty whole title="No traces of this contact">
          <p>
            <code>{visible(id)}</code>
          </p>
          <p>This contact never wrote, or its traces were deleted by retention or erased.</p>
          <p>
            <a href="#/">Show all traces</a>
          </p>
        </Empty>
      );
    }
    if (error !== undefined && denied.value === undefined) return <Failure error={error} retry={reload} />;
    return <Loading what="the conversation" />;
  }
  const messages = turns.filter(isMessage).length;
  const unanswered = turns.filter(isUnanswered).length;
  return (
    <>
      <header class="contact-header">
        <h1>
          <bdi>{oneLine(id, 120)}</bdi>
        </h1>
        <p class="muted">
          {messages} message{messages === 1 ? '' : 's'}
          {next !== null && ' of more'}
          {older === undefined && value.usage && ` · ${usageWords(value.usage)}`}
          {unanswered > 0 && <strong class="no-reply"> · {unanswered} without a recorded reply</strong>}
        </p>
        <div class="actions">
          <a class="button" href={searchHref(term('contact', id))}>
            <Icon name="filter" />
            Show in the list
          </a>
          <CopyButton label="Copy the id" what="the id" text={() => id} />
        </div>
      </header>
      <ScoreStrip turns={turns} />
      {failure !== undefined && <Failure error={failure} />}
      {next !== null && (
        <p class="center">
          <button type="button" onClick={() => void more()}>
            Earlier messages
          </button>
        </p>
      )}
      <Conversation turns={turns} />
    </>
  );
}

/**
 * Keeps the place of the reader when turns are added: at the end, or at the message that was on the screen before older
 * ones came above it.
 */
function useStayInPlace(turns: readonly ConversationTurn[]): void {
  const before = useRef<{ first: string | undefined; height: number; atEnd: boolean }>(undefined);
  const page = document.documentElement;
  useEffect(() => {
    const follow = () => {
      if (before.current) before.current.atEnd = page.scrollHeight - innerHeight - scrollY < AT_END;
    };
    addEventListener('scroll', follow, { passive: true });
    return () => removeEventListener('scroll', follow);
  }, []);
  useLayoutEffect(() => {
    if (turns.length === 0) return;
    const last = before.current;
    const first = turns[0]?.trace.trace_id;
    const height = page.scrollHeight;
    if (last === undefined || last.atEnd) scrollTo({ top: height });
    else if (last.first !== first) scrollTo({ top: scrollY + height - last.height });
    before.current = { first, height, atEnd: last?.atEnd ?? true };
  }, [turns]);
}
