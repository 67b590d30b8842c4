import type { TraceKey } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import { AT_ONCE_US } from '../../views/hints/comparing/contact-hints.js';
import { assemble } from '../../views/trace/assemble.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';
import { byContact } from './by-contact.js';

/** Traces of the contact that are looked at for each trace, and read for each. */
const MAX_HEADS = 20;
const MAX_OPENED = 5;
const MAX_PAGE = 500;
const NO_CONTACT = 'unknown';

/**
 * By key: other traces of the same contact that worked at the same time, or just before or after. Empty where the store
 * does not answer.
 */
export async function findNeighbours(
  reader: TraceReader,
  traces: readonly AssembledTrace[],
): Promise<Map<TraceKey, AssembledTrace[]>> {
  try {
    const contacts = byContact(traces.map(({ head }) => head).filter(({ contactId }) => contactId !== NO_CONTACT));
    const found = await Promise.all(Array.from(contacts, ([contactId, heads]) => findNear(reader, contactId, heads)));
    const near = new Map(found.flat());
    const ids = new Set([...near.values()].flat().map(({ traceId }) => traceId));
    const read = new Map((await readAll(reader, [...ids])).map((trace) => [trace.head.key, trace]));
    return new Map(Array.from(near, ([key, heads]) => [key, heads.flatMap((head) => read.get(head.key) ?? [])]));
  } catch {
    return new Map();
  }
}

/** Most traces have no neighbour: then one question finds that out. */
async function findNear(
  reader: TraceReader,
  contactId: string,
  heads: readonly TraceHead[],
): Promise<[TraceKey, TraceHead[]][]> {
  const until = Math.max(...heads.map(({ lastAt }) => lastAt)) + AT_ONCE_US;
  const limit = Math.min(MAX_PAGE, MAX_HEADS * heads.length);
  const { heads: others } = await reader.list({ contactId, until, limit });
  return heads.map((head) => {
    const before = others.filter(({ startedAt }) => startedAt <= head.lastAt + AT_ONCE_US).slice(0, MAX_HEADS);
    const near = before.filter(({ key, lastAt }) => key !== head.key && lastAt >= head.startedAt - AT_ONCE_US);
    return [head.key, near.slice(0, MAX_OPENED)];
  });
}

async function readAll(reader: TraceReader, ids: readonly string[]): Promise<AssembledTrace[]> {
  return ids.length === 0 ? [] : (await reader.getMany(ids)).map(assemble);
}
