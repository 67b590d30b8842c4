import type { EventDto, StreamMessage, TraceListItem } from '../../../libs/trace/src/contract/responses.js';
import type { TraceSource } from '../source/http-source.js';
import type { FollowFilter } from './server-connection.js';

/** The Date header has whole seconds, and clocks are read at different moments. */
const OVERLAP_MS = 2000;

/**
 * What happened while the stream was down and no message had come before, so that there was no position to resume
 * from: the traces since the last connection, told as the stream would have told them. What the stream then repeats is
 * recognised and left out.
 */
export class MissedTraces {
  private readonly told = new Set<string>();

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
        this.told.add(keyOf(message));
        yield message;
      }
    }
  }

  has(message: StreamMessage): boolean {
    return this.told.has(keyOf(message));
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

/** A span comes twice, at its start without a duration; a finished one told once stands for both. */
function eventKey(event: EventDto): string {
  return `${event.seq} ${event.span_id ?? ''} ${event.duration_ms === null ? 'open' : 'ended'}`;
}
