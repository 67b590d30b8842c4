import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { ConversationTurn, EventDto, FullTraceResponse, RefusedReply } from '../api/responses.js';
import { LargeValue } from './large-value.js';
import { record } from './trace-log.js';

export type Reply = ConversationTurn['replies'][number];

/** A message of a trace's conversation. */
export type Spoken =
  | { kind: 'in'; timestamp: string; text: string | null; seq: number }
  | { kind: 'out'; reply: Reply & { seq: number } }
  | { kind: 'refused'; reply: RefusedReply };

const TEXTS = ['message', 'text', 'content', 'body'];

/** The contact's messages, the replies and the refused replies of one trace, in order of time. */
export function spokenIn({
  events,
  webhook_message: whole,
}: Pick<FullTraceResponse, 'events' | 'webhook_message'>): Spoken[] {
  return events
    .filter(({ name }) => name === null)
    .flatMap((event): Spoken[] => {
      const { timestamp, seq } = event;
      const data = record(event.data);
      if (event.type === EVENT.received) return [{ kind: 'in', timestamp, seq, text: textIn(data, TEXTS) ?? whole }];
      if (event.type === EVENT.failed) return [{ kind: 'refused', reply: refusedReply(event, data) }];
      if (event.type !== EVENT.sent || event.again) return [];
      const via = textIn(data, ['via']);
      const reply = { timestamp, seq, text: textIn(data, TEXTS), channel: textIn(data, ['channel']) };
      return [{ kind: 'out', reply: via === null ? reply : { ...reply, via } }];
    })
    .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}

/** Replies and refused replies of a turn in order of time. */
export function repliesOf({ replies, refusals = [] }: ConversationTurn): (Reply | RefusedReply)[] {
  if (refusals.length === 0) return replies;
  return [...replies, ...refusals].toSorted((a, b) =>
    a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0,
  );
}

function refusedReply({ timestamp, seq }: EventDto, data: Record<string, unknown>): RefusedReply {
  const { code, status } = data;
  return {
    seq,
    timestamp,
    text: textIn(data, TEXTS) ?? undefined,
    channel: textIn(data, ['channel']) ?? undefined,
    provider: textIn(data, ['provider']) ?? undefined,
    reason: textIn(data, ['reason']) ?? undefined,
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    status: typeof status === 'number' ? status : undefined,
  };
}

function timeOf(spoken: Spoken): string {
  return spoken.kind === 'in' ? spoken.timestamp : spoken.reply.timestamp;
}

/** The first of these members that is a text, also one that is not loaded whole. */
function textIn(data: Record<string, unknown>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = data[name];
    if (value instanceof LargeValue || (typeof value === 'string' && value !== '')) return String(value);
  }
  return null;
}
