import type { EventDto } from './event.response.js';
import type { TraceListItem } from './lists.response.js';

/**
 * One message of the stream. The data repeats `id`, because an interceptor of the application may drop the SSE field.
 */
export type StreamMessage =
  | { type: 'trace.started'; id: string; data: TraceListItem & { id: string; events_so_far: EventDto[] } }
  | { type: 'trace.event'; id: string; data: { id: string; trace_id: string; contact_id: string; event: EventDto } }
  | { type: 'trace.ended'; id: string; data: TraceListItem & { id: string } };
