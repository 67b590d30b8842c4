import type { TraceListItem } from './lists.js';
import type { EventDto } from './trace.js';

/** One message of the stream. `id` is also in the data, where no interceptor of the application can remove it. */
export type StreamMessage =
  | { type: 'trace.started'; id: string; data: TraceListItem & { id: string; events_so_far: EventDto[] } }
  | { type: 'trace.event'; id: string; data: { id: string; trace_id: string; contact_id: string; event: EventDto } }
  | { type: 'trace.ended'; id: string; data: TraceListItem & { id: string } };
