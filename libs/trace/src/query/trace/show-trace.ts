import type { StoredTrace } from '../../model/trace.js';
import type { FullTraceResponse } from '../../contract/responses.js';
import { assemble } from '../../views/trace/assemble.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';
import { fullTrace } from '../../views/responses/full-trace.js';
import { findBaselines } from '../related/find-baselines.js';
import { findFirstDeliveries } from '../related/find-first-deliveries.js';
import { findLinks } from '../related/find-links.js';
import { findNeighbours } from '../related/find-neighbours.js';
import { findNoticeSenders } from '../related/find-notice-senders.js';
import type { QueryContext } from '../query-context.js';
import { findSourceLines } from '../source-maps/source-lines.js';

export async function showTrace(context: QueryContext, stored: StoredTrace): Promise<FullTraceResponse> {
  return (await showTraces(context, [stored]))[0]!;
}

/** Whole traces with hints. Their baselines, neighbours and links are looked up for all traces together, in one call per kind. */
export async function showTraces(context: QueryContext, stored: readonly StoredTrace[]): Promise<FullTraceResponse[]> {
  const { store, types, zone, now, slowMs, hints } = context;
  const traces = stored.map(assemble);
  const [firsts, senders, baselines, neighbours, links] = await Promise.all([
    findFirstDeliveries(store, traces),
    findNoticeSenders(store, traces),
    findBaselines(store, traces),
    findNeighbours(store, traces),
    findLinks(store, traces),
  ]);
  const originals = await readFirst(
    store,
    [...new Set(firsts.values())],
    [...traces, ...[...neighbours.values()].flat()],
  );
  return traces.map((trace, i) => {
    const { key } = trace.head;
    const first = firsts.get(key) ?? null;
    const edited = trace.identify?.edited === true;
    const baseline = baselines[i] ?? null;
    return fullTrace(trace, {
      types,
      zone,
      now,
      slowMs,
      hints,
      duplicateOf: edited ? null : first,
      editOf: edited ? first : null,
      sentBy: senders.get(key) ?? new Map(),
      repliesSeen: baseline?.replied,
      related: {
        baseline,
        neighbours: neighbours.get(key) ?? [],
        first: edited || !first ? undefined : originals.get(first),
      },
      links: links[i],
    });
  });
}

/** First deliveries by their id. Most traces have none. @param read traces that are in memory already */
async function readFirst(
  store: Pick<QueryContext['store'], 'getMany'>,
  ids: readonly string[],
  read: readonly AssembledTrace[],
): Promise<Map<string, AssembledTrace>> {
  const known = new Map(read.map((trace) => [trace.head.traceId, trace]));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  for (const stored of await store.getMany(missing)) known.set(stored.head.traceId, assemble(stored));
  return known;
}

/** With the source lines of its errors, for people who look at this one trace. */
export async function withSource({ sourceRoot }: QueryContext, trace: FullTraceResponse): Promise<FullTraceResponse> {
  const source_lines = await findSourceLines(trace.errors, sourceRoot);
  return source_lines.length === 0 ? trace : { ...trace, source_lines };
}
