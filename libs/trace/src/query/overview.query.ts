import type { Micros } from '../model/record.js';
import { isoMicros } from '../model/trace-id.js';
import type { StoredTrace, TraceFilter, TraceHead } from '../model/trace.js';
import type { TraceReader } from '../store/port.js';
import type { ErrorGroupsResponse, Examined, InsightsResponse } from '../contract/responses.js';
import { assemble } from '../views/trace/assemble.js';
import { errorGroups } from '../views/stats/error-groups.js';
import { flows } from '../views/stats/flows.js';
import { latencyHeatmap } from '../views/stats/latency-heatmap.js';
import { toolTimes } from '../views/stats/tool-times.js';
import type { MicrosRange } from './time-range.js';

type Reader = Pick<TraceReader, 'list' | 'get'>;

/** Reading a trace's records takes about half a millisecond, a head a few microseconds: hence two bounds. */
const MAX_OPENED = 300;
const MAX_HEADS = 5_000;
const PAGE = 500;

export async function queryErrorGroups(reader: Reader, range: MicrosRange, now: Micros): Promise<ErrorGroupsResponse> {
  const { heads, complete } = await newest(reader, { ...range, withErrors: true }, MAX_OPENED);
  const traces = (await open(reader, heads)).map(assemble);
  return errorGroups(traces, examined(range, heads.length, complete), {
    since: range.since,
    until: range.until ?? now,
  });
}

export async function queryInsights(reader: Reader, range: MicrosRange): Promise<InsightsResponse> {
  const { heads, complete } = await newest(reader, range, MAX_HEADS);
  const withTools = heads.filter(({ tools }) => tools.length > 0).slice(0, MAX_OPENED);
  const opened = (await open(reader, withTools)).map(assemble);
  return {
    ...examined(range, heads.length, complete),
    heatmap: latencyHeatmap(heads, range),
    flows: flows(heads),
    tools: toolTimes(opened),
    tools_examined: opened.length,
  };
}

async function newest(
  reader: Reader,
  filter: TraceFilter,
  most: number,
): Promise<{ heads: TraceHead[]; complete: boolean }> {
  const heads: TraceHead[] = [];
  let before: string | undefined;
  while (heads.length < most) {
    const page = await reader.list(filter, Math.min(PAGE, most - heads.length), before);
    heads.push(...page.heads);
    if (page.next === null) return { heads, complete: true };
    before = page.next;
  }
  return { heads, complete: false };
}

/** Those that were pruned since they were listed are left out. */
async function open(reader: Reader, heads: readonly TraceHead[]): Promise<StoredTrace[]> {
  const opened: StoredTrace[] = [];
  for (const { traceId } of heads) {
    const stored = await reader.get(traceId);
    if (stored) opened.push(stored);
  }
  return opened;
}

function examined({ since, until }: MicrosRange, count: number, complete: boolean): Examined {
  return {
    since: since === undefined ? null : isoMicros(since),
    until: until === undefined ? null : isoMicros(until),
    examined: count,
    complete,
  };
}
