import { routesOf } from '../model/baseline.js';
import type { Baseline } from '../model/baseline.js';
import type { TraceHead } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import { assemble } from '../views/trace/assemble.js';
import type { AssembledTrace } from '../views/trace/assemble.js';
import { firstOfEach } from '../views/hints/comparing/baseline-hints.js';
import { AT_ONCE_US } from '../views/hints/comparing/contact-hints.js';
import type { Related } from '../views/hints/related.js';

type Reader = Pick<TraceReader, 'list' | 'get' | 'baseline'>;

/** Of a contact's traces, so many are looked at, and so many opened. */
const MAX_HEADS = 20;
const MAX_OPENED = 5;
const NO_CONTACT = 'unknown';

/** What a trace is compared with. A trace is shown without it rather than not at all: nothing here fails. */
export async function findRelatedTraces(reader: Reader, trace: AssembledTrace): Promise<Related> {
  const [baseline, neighbours] = await Promise.all([
    askBaseline(reader, trace).catch(() => null),
    askNeighbours(reader, trace).catch(() => []),
  ]);
  return { baseline, neighbours };
}

async function askBaseline(reader: Reader, trace: AssembledTrace): Promise<Baseline | null> {
  if (!reader.baseline) return null;
  const { head, open, identify, handler } = trace;
  const arrival = {
    handler,
    method: open?.method,
    path: open?.path,
    type: identify?.type,
    direction: identify?.direction,
    media: identify?.media,
  };
  const errors = firstOfEach(trace).map(({ dto: { fingerprint, timestamp } }) => ({
    fingerprint,
    at: Date.parse(timestamp) * 1000,
  }));
  return reader.baseline({ at: head.startedAt, routes: routesOf(head, arrival), errors });
}

/** Most traces have none: then this is one question. */
async function askNeighbours(reader: Reader, { head }: AssembledTrace): Promise<AssembledTrace[]> {
  const { contactId, startedAt, lastAt, key } = head;
  if (contactId === NO_CONTACT) return [];
  const { heads } = await reader.list({ contactId, until: lastAt + AT_ONCE_US }, MAX_HEADS);
  const near = heads.filter((other) => other.key !== key && isNear(other, startedAt, lastAt));
  const traces: AssembledTrace[] = [];
  for (const { traceId } of near.slice(0, MAX_OPENED)) {
    const stored = await reader.get(traceId);
    if (stored) traces.push(assemble(stored));
  }
  return traces;
}

function isNear(other: TraceHead, from: number, to: number): boolean {
  return other.startedAt <= to + AT_ONCE_US && other.lastAt >= from - AT_ONCE_US;
}
