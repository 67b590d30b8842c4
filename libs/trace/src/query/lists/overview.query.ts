import { isoMicros } from '../../model/trace-id.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import type { ErrorGroupsResponse, Examined, InsightsResponse } from '../../contract/responses.js';
import type { TimeRange } from '../../contract/trace-queries.js';
import { assemble } from '../../views/trace/assemble.js';
import { errorGroups } from '../../views/stats/error-groups.js';
import { flows } from '../../views/stats/flows.js';
import { latencyHeatmap } from '../../views/stats/latency-heatmap.js';
import { toolTimes } from '../../views/stats/tool-times.js';
import { MAX_LIMIT } from './list-traces.query.js';
import type { QueryContext } from '../query-context.js';
import { resolveRange, type MicrosRange } from '../search/time-range.js';

/** Reading a trace's records takes about half a millisecond, a head a few microseconds: hence two bounds. */
const MAX_OPENED = 300;
const MAX_HEADS = 5_000;

export async function queryErrorGroups(context: QueryContext, given: TimeRange): Promise<ErrorGroupsResponse> {
  const range = resolveRange(given, context);
  const { heads, complete } = await newest(context.store, { ...range, withErrors: true }, MAX_OPENED);
  const traces = (await read(context.store, heads)).map(assemble);
  const until = range.until ?? context.now;
  return errorGroups(traces, examined(range, heads.length, complete), { since: range.since, until });
}

export async function queryInsights(context: QueryContext, given: TimeRange): Promise<InsightsResponse> {
  const range = resolveRange(given, context);
  const { heads, complete } = await newest(context.store, range, MAX_HEADS);
  const withTools = heads.filter(({ tools }) => tools.length > 0).slice(0, MAX_OPENED);
  const opened = (await read(context.store, withTools)).map(assemble);
  return {
    ...examined(range, heads.length, complete),
    heatmap: latencyHeatmap(heads, range),
    flows: flows(heads),
    tools: toolTimes(opened),
    tools_examined: opened.length,
  };
}

async function newest(
  reader: TraceReader,
  filter: Omit<TraceConditions, 'q' | 'not'>,
  most: number,
): Promise<{ heads: TraceHead[]; complete: boolean }> {
  const heads: TraceHead[] = [];
  let before: string | undefined;
  while (heads.length < most) {
    const page = await reader.list({ ...filter, limit: Math.min(MAX_LIMIT, most - heads.length), before });
    heads.push(...page.heads);
    if (page.next === null) return { heads, complete: true };
    before = page.next;
  }
  return { heads, complete: false };
}

/** Traces that were deleted since they were listed are left out. */
function read(reader: TraceReader, heads: readonly TraceHead[]): Promise<StoredTrace[]> {
  return reader.getMany(heads.map(({ traceId }) => traceId));
}

function examined({ since, until }: MicrosRange, count: number, complete: boolean): Examined {
  return {
    since: since === undefined ? null : isoMicros(since),
    until: until === undefined ? null : isoMicros(until),
    examined: count,
    complete,
  };
}
