import type { TraceKey } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';
import { byContact } from './by-contact.js';

const MAX_HEADS = 500;

/**
 * Ids of the traces in which the messages of these webhooks came first, by the key of a redelivery. The message id
 * alone is not enough: senders number the messages of each contact from one.
 */
export async function findFirstDeliveries(
  reader: Pick<TraceReader, 'list'>,
  traces: readonly AssembledTrace[],
): Promise<Map<TraceKey, string>> {
  const firsts = new Map<TraceKey, string>();
  const ask = async (contactId: string, heads: readonly TraceHead[]): Promise<void> => {
    const messageIds = heads.map(({ messageId }) => messageId!);
    const until = Math.max(...heads.map(({ startedAt }) => startedAt));
    const found = await reader.list({ contactId, messageIds, until, limit: MAX_HEADS });
    for (const head of heads) {
      // The oldest one is the last of the list.
      const first = found.heads.findLast(
        (other) => other.messageId === head.messageId && other.key !== head.key && other.startedAt < head.startedAt,
      );
      if (first) firsts.set(head.key, first.traceId);
    }
  };
  const withMessage = traces.map(({ head }) => head).filter(({ messageId }) => messageId);
  await Promise.all(Array.from(byContact(withMessage), ([contactId, heads]) => ask(contactId, heads)));
  return firsts;
}
