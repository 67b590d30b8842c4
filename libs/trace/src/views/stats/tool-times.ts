import type { ToolTimes } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { percentile } from './stats.js';

/** Durations of the calls per tool, slowest first. Open calls are left out. */
export function toolTimes(traces: readonly AssembledTrace[]): ToolTimes[] {
  const tools = new Map<string, { times: number[]; errors: number; max: number; slowest: string }>();
  for (const { head, spans } of traces) {
    for (const { kind, name, ms, outcome } of spans.values()) {
      if (kind !== 'tool' || ms === null) continue;
      const tool = tools.get(name) ?? { times: [], errors: 0, max: -1, slowest: '' };
      tools.set(name, tool);
      tool.times.push(ms);
      if (outcome === 'error') tool.errors += 1;
      if (ms > tool.max) Object.assign(tool, { max: ms, slowest: head.traceId });
    }
  }
  return [...tools]
    .map(([name, { times, errors, max, slowest }]) => {
      const ascending = times.sort((a, b) => a - b);
      return {
        name,
        calls: ascending.length,
        errors,
        p50_ms: percentile(ascending, 50),
        p95_ms: percentile(ascending, 95),
        max_ms: max,
        slowest_trace_id: slowest,
      };
    })
    .sort((a, b) => b.p95_ms - a.p95_ms);
}
