import type { TraceHead } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';

/**
 * The id of the trace in which this webhook's message first came, when this one is a redelivery; else `null`. The
 * message id alone is not enough: senders number the messages of each contact from one.
 */
export async function firstDelivery(reader: Pick<TraceReader, 'list'>, head: TraceHead): Promise<string | null> {
  const { messageId, contactId, startedAt, key } = head;
  if (messageId === null || messageId === '') return null;
  const { heads } = await reader.list({ contactId, messageId, until: startedAt }, 500);
  // Compared again, for a store that does not know the filter; the oldest is the last of a list.
  const first = heads.findLast(
    (other) => other.messageId === messageId && other.key !== key && other.startedAt < startedAt,
  );
  return first?.traceId ?? null;
}
