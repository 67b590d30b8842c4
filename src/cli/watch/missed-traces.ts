import type { EventDto, StreamMessage, TraceListItem } from '../../../libs/trace/src/contract/responses.js';
import type { TraceSource } from '../source/http-source.js';
import type { FollowFilter } from './server-connection.js';

/** Overlap in milliseconds: the Date header has whole seconds, and the clocks are read at different times. */
const OVERLAP_MS = 2000;

/**
 * The messages that a watcher missed while the stream was down, where no message had come before and so there is no
 * position to resume from: the traces since the last connection, as messages of the stream. Messages that the stream then
 * repeats are skipped.
 */
export class MissedTraces {
  private readonly printed = new Set<string>();

  constructor(
    private readonly source: TraceSource,
    private readonly filter: FollowFilter,
  ) {}

  async *since(connectedAt: number): AsyncGenerator<StreamMessage> {
    const since = (connectedAt - OVERLAP_MS) * 1000;
    const { traces } = await this.source.traces({ ...this.filter, since, limit: 500 });
    for (const item of traces.reverse()) {
      for (const message of await this.messagesOf(item)) {
        if (this.has(message)) continue;
        this.printed.add(keyOf(message));
        yield message;
      }
    }
  }

  has(message: StreamMessage): boolean {
    return this.printed.has(keyOf(message));
  }

  private async messagesOf(item: TraceListItem): Promise<StreamMessage[]> {
    const { events } = await this.source.trace(item.trace_id);
    const { trace_id, contact_id } = item;
    return [
      { type: 'trace.started', id: '', data: { ...item, id: '', events_so_far: [] } },
      ...events.map((event): StreamMessage => ({
        type: 'trace.event',
        id: '',
        data: { id: '', trace_id, contact_id, event },
      })),
      ...(item.status === 'active' ? [] : [{ type: 'trace.ended' as const, id: '', data: { ...item, id: '' } }]),
    ];
  }
}

function keyOf({ type, data }: StreamMessage): string {
  if (type !== 'trace.event') return `${type} ${data.trace_id}`;
  return `${type} ${data.trace_id} ${eventKey(data.event)}`;
}

/** A span arrives twice: at its start without a duration, and at its end. */
function eventKey(event: EventDto): string {
  return `${event.seq} ${event.span_id ?? ''} ${event.duration_ms === null ? 'open' : 'ended'}`;
}
