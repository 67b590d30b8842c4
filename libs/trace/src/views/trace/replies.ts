import type { Micros } from '../../model/record.js';
import { EVENT, readReply } from '../../model/vocabulary.js';
import { asRecord } from '../events/event-data.js';
import type { AssembledEvent, AssembledTrace } from './assemble.js';

/** A reply of a trace. */
export interface TraceReply {
  readonly at: Micros;
  text: string | undefined;
  channel: string | undefined;
  messageId: string | undefined;
  /** How it was seen where no code recorded it: `http` or `response`. */
  via: string | undefined;
}

/** The replies of a trace, each once, in the order of their first records; an edited one has its last text. */
export function repliesOf({ events }: AssembledTrace): TraceReply[] {
  const replies: TraceReply[] = [];
  for (const event of events) {
    if (!isReply(event)) continue;
    const { at, dto } = event;
    const { text, channel, messageId } = readReply(dto.data);
    const { via: seen } = asRecord(dto.data);
    const via = typeof seen === 'string' ? seen : undefined;
    if (!dto.again) {
      replies.push({ at, text, channel, messageId, via });
      continue;
    }
    const first =
      (messageId === undefined ? undefined : replies.findLast((one) => one.messageId === messageId)) ??
      replies.find((one) => sameText(one.text, text));
    if (!first) continue;
    first.channel ??= channel;
    first.via ??= via;
    if (first.messageId !== undefined && first.messageId === messageId) first.text = text ?? first.text;
    else first.messageId ??= messageId;
  }
  return replies;
}

/**
 * What else the trace has about a message that was refused: `accepted`, a call sent the same text after all; `recorded`,
 * the code recorded it as sent and no call was seen to send it. `undefined`: nothing.
 */
export function sentDespite({ events }: AssembledTrace, refused: unknown): 'accepted' | 'recorded' | undefined {
  const { text } = readReply(refused);
  const same = events.filter((event) => isReply(event) && sameText(readReply(event.dto.data).text, text));
  if (same.some(({ dto }) => asRecord(dto.data).via !== undefined)) return 'accepted';
  return same.length > 0 ? 'recorded' : undefined;
}

function isReply({ dto, span }: AssembledEvent): boolean {
  return !span && dto.type === EVENT.sent;
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.replace(/\s+/g, ' ').trim() === b.replace(/\s+/g, ' ').trim();
}
