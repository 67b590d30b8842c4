import { TraceCollectorError } from '../model/errors.js';
import type { StoredTrace } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';

/** So many ids are told when a prefix fits several. */
const MAX_CANDIDATES = 10;

/** The trace with this id or, when there is none, the only one whose id begins with it. */
export async function findTrace(reader: Pick<TraceReader, 'get' | 'idsWithPrefix'>, id: string): Promise<StoredTrace> {
  const exact = await reader.get(id);
  if (exact) return exact;

  const candidates = id === '' ? [] : await reader.idsWithPrefix(id, MAX_CANDIDATES + 1);
  const [only] = candidates;
  if (candidates.length > 1) throw ambiguous(id, candidates);
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

function ambiguous(prefix: string, candidates: string[]): TraceCollectorError {
  const told = candidates.slice(0, MAX_CANDIDATES);
  const more = candidates.length > told.length ? ', and more' : '';
  return new TraceCollectorError(
    'TRACE_AMBIGUOUS',
    `Several traces begin with ${JSON.stringify(prefix)}: ${told.join(', ')}${more}. Give more of the id.`,
  );
}
