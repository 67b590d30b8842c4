import type { InsightsResponse } from '../../contract/responses.js';
import type { TimeRange } from '../../contract/trace-queries.js';
import { flows } from '../../views/stats/flows.js';
import { latencyHeatmap } from '../../views/stats/latency-heatmap.js';
import { toolTimes } from '../../views/stats/tool-times.js';
import { assemble } from '../../views/trace/assemble.js';
import type { QueryContext } from '../query-context.js';
import { resolveRange } from '../search/time-range.js';
import { examined, MAX_OPENED, newest, read } from './examined.js';

const MAX_HEADS = 5_000;

/** Latency over time, hand-overs and durations of tools, of the newest traces of the range. */
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
