import type { StoredTrace } from '../../model/trace.js';
import type { FullTraceResponse } from '../../contract/responses.js';
import { assemble } from '../../views/trace/assemble.js';
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
      related: { baseline, neighbours: neighbours.get(key) ?? [] },
      links: links[i],
    });
  });
}

/** With the source lines of its errors, for people who look at this one trace. */
export async function withSource({ sourceRoot }: QueryContext, trace: FullTraceResponse): Promise<FullTraceResponse> {
  const source_lines = await findSourceLines(trace.errors, sourceRoot);
  return source_lines.length === 0 ? trace : { ...trace, source_lines };
}
