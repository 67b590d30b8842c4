import { useEffect, useMemo, useState } from 'preact/hooks';
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
import { go, href, searchHref } from '../state/route.js';
import { useLoad } from '../state/use-load.js';
import { useRefresh } from '../state/use-stream.js';

/** The traces of one contact as a conversation. */
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
