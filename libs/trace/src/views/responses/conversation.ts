import { EVENT } from '../../model/vocabulary.js';
import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { ConversationTurn, FullTraceResponse } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { isErrorEvent } from '../events/event-response.js';
import { describeEvent } from '../events/event-types.js';
import type { EventTypes } from '../events/event-types.js';
import { asRecord } from '../events/event-data.js';
import { listItem } from '../trace/list-item.js';
import { refusedReply } from './refused-reply.js';
import { repliesOf } from '../trace/replies.js';

/** Steps of a turn. The trace has all of them. */
const MAX_STEPS = 60;

/** A trace as one turn of a conversation: the contact's message, the steps and the replies. */
export function conversationTurn(
  trace: AssembledTrace,
  full: FullTraceResponse,
  types: EventTypes,
  now: Micros,
  contactId: string,
): ConversationTurn {
  const { head, events } = trace;
  const refused = events.filter(({ dto }) => dto.type === EVENT.failed && dto.name === null);
  const failed = new Set(events.flatMap(({ dto }) => (isFailure(dto.data) ? [dto.seq] : [])));
  const steps = events
    .filter(({ dto }) => dto.type !== EVENT.received && !dto.again)
    .map(({ dto, at }) => ({
      seq: dto.seq,
      timestamp: isoMicros(at),
      line: describeEvent(dto, types),
      duration_ms: dto.duration_ms,
      error: isErrorEvent(dto) || failed.has(dto.seq),
    }));
  return {
    trace: listItem(head, now),
    type: full.webhook.type,
    direction: full.webhook.direction,
    message: messageOf(trace, contactId) ?? full.webhook_message,
    duplicate_of: full.webhook.duplicate_of,
    replies: repliesOf(trace).map(({ at, text = null, channel = null, via }) => ({
      timestamp: isoMicros(at),
      text,
      channel,
      ...(via !== undefined && { via }),
    })),
    ...(refused.length > 0 && { refusals: refused.map(refusedReply) }),
    steps: steps.slice(0, MAX_STEPS),
    more_steps: Math.max(0, steps.length - MAX_STEPS),
    lead_score: full.summary.lead_score ?? null,
    agent: head.route.at(-1) ?? head.agents.at(-1) ?? null,
    debug_hints: full.debug_hints,
  };
}

/** The messages of this contact in a POST with messages of several. */
function messageOf({ identify }: AssembledTrace, contactId: string): string | undefined {
  const own = (identify?.messages ?? []).filter(({ contact }) => contact === contactId);
  const texts = own.flatMap(({ message }) => (message === undefined ? [] : [message]));
  return texts.length === 0 ? undefined : texts.join('\n');
}

function isFailure(data: unknown): boolean {
  return asRecord(data).outcome === 'error';
}
