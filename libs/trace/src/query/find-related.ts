import type { TraceReader } from '../store/port.js';
import { assemble } from '../views/trace/assemble.js';
import type { AssembledTrace } from '../views/trace/assemble.js';
import type { HintLookups } from '../views/hints/related.js';
import { firstDelivery } from './first-delivery.js';

type Reader = Pick<TraceReader, 'list' | 'get'>;

/** Notices of one webhook whose senders are looked up, and traces that are opened for each. */
const MAX_NOTICES = 5;
const MAX_OPENED = 3;

/** The traces that hints of this one name: where its message first came, and which traces sent what it reports on. */
export async function findRelated(reader: Reader, trace: AssembledTrace): Promise<HintLookups> {
  const [first, sentBy] = await Promise.all([
    firstDelivery(reader, trace.head),
    // A hint without the sender's id is better than no trace at all.
    findSenders(reader, trace).catch(() => new Map<string, string>()),
  ]);
  const edited = trace.identify?.edited === true;
  return { duplicateOf: edited ? null : first, editOf: edited ? first : null, sentBy };
}

/** Most webhooks report on nothing: then no question is asked. */
async function findSenders(reader: Reader, trace: AssembledTrace): Promise<Map<string, string>> {
  const senders = new Map<string, string>();
  const notices = Array.isArray(trace.identify?.notices) ? trace.identify.notices : [];
  for (const { message_id } of notices.slice(0, MAX_NOTICES)) {
    if (typeof message_id !== 'string' || message_id === '' || senders.has(message_id)) continue;
    const sender = await findSender(reader, message_id, trace.head.key);
    if (sender !== undefined) senders.set(message_id, sender);
  }
  return senders;
}

async function findSender(reader: Reader, messageId: string, ownKey: string): Promise<string | undefined> {
  const { heads } = await reader.list({ sentMessageId: messageId }, MAX_OPENED);
  for (const { key, traceId } of heads.slice(0, MAX_OPENED)) {
    const stored = key === ownKey ? undefined : await reader.get(traceId);
    // Compared again, for a store that does not support the filter, and since the index keeps hashes of ids.
    if (stored && hasSent(assemble(stored), messageId)) return traceId;
  }
  return undefined;
}

function hasSent({ events }: AssembledTrace, messageId: string): boolean {
  return events.some(({ dto, span }) => {
    if (span || dto.type !== 'message_sent') return false;
    return (dto.data as { message_id?: unknown } | null)?.message_id === messageId;
  });
}
