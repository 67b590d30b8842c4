import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { ActiveResponse } from '../../contract/responses.js';
import { openSpans } from '../trace/assemble.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { listItem } from '../trace/list-item.js';

export function activeTraces(traces: readonly AssembledTrace[], now: Micros): ActiveResponse {
  return {
    count: traces.length,
    traces: traces.map((trace) => ({
      ...listItem(trace.head, now),
      events_so_far: trace.head.events,
      open_span: innermostOpen(trace, now),
    })),
  };
}

function innermostOpen(trace: AssembledTrace, now: Micros): ActiveResponse['traces'][number]['open_span'] {
  const open = openSpans(trace).at(-1);
  return open
    ? {
        span_id: open.id,
        type: open.kind,
        name: open.name,
        started_at: isoMicros(open.startedAt),
        open_ms: Math.max(0, Math.round((now - open.startedAt) / 1000)),
      }
    : null;
}
