import { TraceCollectorError } from '../model/errors.js';
import type { Micros } from '../model/record.js';
import type { StoredTrace } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import type { TraceListItem } from '../contract/responses.js';
import { listItem } from '../views/trace/list-item.js';

/** Traces that are named when a prefix fits several. */
const MAX_CANDIDATES = 10;
/** Traces to look for them among: the prefix may also be in messages. */
const PAGE = 100;

type Reader = Pick<TraceReader, 'get' | 'idsWithPrefix' | 'list'>;

/**
 * The trace with this id or, when there is none, the only one whose id begins with it.
 * @param now for the durations of candidates that run
 */
export async function findTrace(reader: Reader, id: string, now: Micros): Promise<StoredTrace> {
  const exact = await reader.get(id);
  if (exact) return exact;

  const candidates = id === '' ? [] : await reader.idsWithPrefix(id, MAX_CANDIDATES + 1);
  const [only] = candidates;
  if (candidates.length > 1) throw await ambiguous(reader, id, candidates, now);
  const found = only === undefined ? undefined : await reader.get(only);
  if (found) return found;
  throw noTrace(id);
}

export function noTrace(id: string): TraceCollectorError {
  return new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `There is no trace ${JSON.stringify(id)}. Give a whole id, or a beginning that only one id has.`,
  );
}

async function ambiguous(reader: Reader, prefix: string, ids: string[], now: Micros): Promise<TraceCollectorError> {
  const named = ids.slice(0, MAX_CANDIDATES);
  const more = ids.length > named.length ? ', and more' : '';
  const { heads } = await reader.list({ q: prefix }, PAGE);
  const byId = new Map(heads.map((head) => [head.traceId, head]));
  const candidates: TraceListItem[] = [];
  for (const id of named) {
    const head = byId.get(id) ?? (await reader.get(id))?.head;
    if (head) candidates.push(listItem(head, now));
  }
  return new TraceCollectorError(
    'TRACE_AMBIGUOUS',
    `Several traces begin with ${JSON.stringify(prefix)}: ${named.join(', ')}${more}. Give more of the id.`,
    { candidates },
  );
}
