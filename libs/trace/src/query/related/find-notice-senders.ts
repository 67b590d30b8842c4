import type { TraceKey } from '../../model/record.js';
import { EVENT, readReply } from '../../model/vocabulary.js';
import type { TraceReader } from '../../store/port.js';
import { assemble } from '../../views/trace/assemble.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';

/** Notices of one webhook whose senders are looked up. */
const MAX_NOTICES = 5;
/** Traces that are read for each of those message ids. */
const MAX_OPENED = 3;

/**
 * By the key of a webhook that reports on earlier messages: which trace sent each message, as message id and trace id.
 * Most webhooks report on nothing, and then no question is asked. Empty where the store does not answer.
 */
export async function findNoticeSenders(
  reader: TraceReader,
  traces: readonly AssembledTrace[],
): Promise<Map<TraceKey, Map<string, string>>> {
  const wanted = new Map(traces.map((trace) => [trace.head.key, noticedIds(trace)]));
  const ids = new Set([...wanted.values()].flat());
  if (ids.size === 0) return new Map();
  try {
    const senders = await readSenders(reader, ids);
    return new Map(Array.from(wanted, ([key, noticed]) => [key, sentBy(noticed, senders, key)]));
  } catch {
    return new Map();
  }
}

function noticedIds({ identify }: AssembledTrace): string[] {
  const notices = Array.isArray(identify?.notices) ? identify.notices : [];
  const ids = notices.slice(0, MAX_NOTICES).map(({ message_id }) => message_id);
  return ids.filter((id): id is string => typeof id === 'string' && id !== '');
}

/** Traces that sent any of these messages, newest first. */
async function readSenders(reader: TraceReader, ids: ReadonlySet<string>): Promise<AssembledTrace[]> {
  const { heads } = await reader.list({ sentMessageIds: [...ids], limit: MAX_OPENED * ids.size });
  return (await reader.getMany(heads.map(({ traceId }) => traceId))).map(assemble);
}

function sentBy(ids: readonly string[], senders: readonly AssembledTrace[], ownKey: TraceKey): Map<string, string> {
  const found = new Map<string, string>();
  for (const id of ids) {
    // The index finds traces by hashes of ids: compared with the records.
    const sender = senders.find((trace) => trace.head.key !== ownKey && hasSent(trace, id));
    if (sender) found.set(id, sender.head.traceId);
  }
  return found;
}

function hasSent({ events }: AssembledTrace, messageId: string): boolean {
  return events.some(
    ({ dto, span }) => !span && dto.type === EVENT.sent && readReply(dto.data).messageId === messageId,
  );
}
