import type { ConversationTurn } from '../api/responses.js';
import { repliesOf } from '../model/spoken.js';
import { isOurs, isUnanswered } from '../model/unanswered.js';
import { clockTime, duration, fullTime, spell } from '../format/time.js';
import { oneLine, visible } from '../format/visible.js';
import { traceHref } from '../state/route.js';
import { Breadcrumb } from './breadcrumb.js';
import { RefusedBubble, ReplyBubble } from './bubbles.js';
import { Icon } from './icon.js';
import { Hints, MarkedLine } from './marked-line.js';
import { Moment } from './moment.js';
import { StatusBadge } from './status-badge.js';

/** A pause longer than this is marked. */
const GAP_MS = 30 * 60_000;

/** The messages of the contact on the left, the replies on the right, and the steps between them. */
export function Conversation({ turns }: { turns: readonly ConversationTurn[] }) {
  return (
    <ol class="chat" aria-label="Conversation, oldest first">
      {turns.map((turn, index) => (
        <Turn key={turn.trace.trace_id} turn={turn} before={turns[index - 1]} />
      ))}
    </ol>
  );
}

function Turn({ turn, before }: { turn: ConversationTurn; before: ConversationTurn | undefined }) {
  const { trace, message, type, replies, duplicate_of, lead_score, agent } = turn;
  const silence = before ? Date.parse(trace.started_at) - Date.parse(before.trace.started_at) : 0;
  const hints = turn.debug_hints.filter((hint) => !/^[✅ℹ]/u.test(hint));
  return (
    <li class="turn">
      {silence > GAP_MS && <p class="chat-gap">{spell(silence)} later</p>}
      <div class={`bubble ${isOurs(turn) ? 'bubble-out' : 'bubble-in'}${duplicate_of === null ? '' : ' bubble-again'}`}>
        <p class="bubble-text">
          {message === null || message === '' ? <i>{type ?? 'no message'}</i> : <bdi>{visible(message)}</bdi>}
        </p>
        <p class="bubble-meta">
          <Moment at={trace.started_at} />
          {' · '}
          <a href={traceHref(trace.trace_id)}>open the trace</a>
          {duplicate_of !== null && (
            <>
              {' · '}
              <a href={traceHref(duplicate_of)}>delivered again</a>
            </>
          )}
        </p>
      </div>
      <details class="steps">
        <summary>
          <StatusBadge status={trace.status} />
          <span class="steps-words">
            {turn.steps.length + turn.more_steps} step{turn.steps.length + turn.more_steps === 1 ? '' : 's'} ·{' '}
            {duration(trace.duration_ms)}
          </span>
          {lead_score !== null && <span class="chip">score {lead_score}</span>}
          {agent !== null && <span class="chip">{oneLine(agent, 40)}</span>}
        </summary>
        {trace.route !== null && (
          <p class="steps-route">
            <Breadcrumb route={trace.route} />
          </p>
        )}
        <ol>
          {turn.steps.map(({ seq, timestamp, line, duration_ms, error }) => (
            <li key={seq} class={error ? 'step step-error' : 'step'}>
              <time dateTime={timestamp} title={fullTime(timestamp)}>
                {clockTime(timestamp)}
              </time>
              <a href={traceHref(trace.trace_id, { e: String(seq) })}>
                <MarkedLine line={line} most={160} />
              </a>
              <span class="muted">{duration_ms === null ? '' : duration(duration_ms)}</span>
            </li>
          ))}
        </ol>
        {turn.more_steps > 0 && (
          <p>
            <a href={traceHref(trace.trace_id)}>{turn.more_steps} more in the trace</a>
          </p>
        )}
      </details>
      {hints.length > 0 && (
        <div class="turn-hints">
          <Hints hints={hints.slice(0, 3)} />
        </div>
      )}
      {repliesOf(turn).map((reply, index) =>
        'seq' in reply ? (
          <RefusedBubble key={reply.seq} reply={reply} href={traceHref(trace.trace_id, { e: String(reply.seq) })} />
        ) : (
          <ReplyBubble key={`${reply.timestamp} ${index}`} reply={reply} />
        ),
      )}
      {replies.length === 0 && <NoReply turn={turn} />}
    </li>
  );
}

function NoReply({ turn }: { turn: ConversationTurn }) {
  if (turn.trace.status === 'active') return <p class="bubble bubble-out bubble-wait">working on it…</p>;
  if (!isUnanswered(turn)) return null;
  return (
    <p class="no-reply no-reply-turn">
      <Icon name="silent" />
      NO REPLY RECORDED
    </p>
  );
}
