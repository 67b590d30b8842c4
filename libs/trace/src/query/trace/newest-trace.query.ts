import { TraceCollectorError } from '../../model/errors.js';
import type { StoredTrace } from '../../model/trace.js';
import type { FullTraceResponse, LastErrorResponse } from '../../contract/responses.js';
import type { TraceReader } from '../../store/port.js';
import { lastError } from '../../views/responses/full-trace.js';
import type { QueryContext } from '../query-context.js';
import { showTrace, withSource } from './show-trace.js';

/** Heads that are asked for: the newest trace may be deleted before it is read. */
const CANDIDATES = 5;

export async function queryLastTrace(context: QueryContext): Promise<FullTraceResponse> {
  const newest = await readNewest(context.store, {});
  if (!newest) throw new TraceCollectorError('NO_TRACES', 'There are no traces yet. Send a webhook first.');
  return withSource(context, await showTrace(context, newest));
}

export async function queryLastError(context: QueryContext): Promise<LastErrorResponse> {
  const newest = await readNewest(context.store, { withErrors: true });
  if (!newest) throw new TraceCollectorError('NO_ERRORS', 'No trace has an error.');
  return lastError(await withSource(context, await showTrace(context, newest)));
}

async function readNewest(store: TraceReader, filter: { withErrors?: boolean }): Promise<StoredTrace | undefined> {
  const { heads } = await store.list({ ...filter, limit: CANDIDATES });
  for (const { traceId } of heads) {
    const stored = await store.get(traceId);
    if (stored) return stored;
  }
  return undefined;
}
