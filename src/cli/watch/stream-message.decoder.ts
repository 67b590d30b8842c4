import { isPlainObject } from '../../../libs/trace/src/model/objects.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import type { SseEvent } from './sse-parser.js';

const TYPES = ['trace.started', 'trace.event', 'trace.ended'] as const;

/**
 * The message in an event of the stream; `undefined` for other events. An interceptor of the application may wrap the data
 * in an envelope (`{ "data": { … } }`, or around the whole message with its type), so this searches a few levels deep for
 * the keys that all messages have.
 */
export function decodeStreamMessage(event: SseEvent): StreamMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(event.data);
  } catch {
    return undefined;
  }
  let type = TYPES.find((name) => name === event.event);
  for (let depth = 0; depth < 4; depth += 1) {
    if (!isPlainObject(value)) return undefined;
    if (typeof value['trace_id'] === 'string' && typeof value['id'] === 'string') return message(type, value);
    const named = value['type'];
    type ??= TYPES.find((name) => name === named);
    value = Object.values(value).find(isPlainObject);
  }
  return undefined;
}

function message(type: StreamMessage['type'] | undefined, data: Record<string, unknown>): StreamMessage {
  const kind = type ?? ('event' in data ? 'trace.event' : 'events_so_far' in data ? 'trace.started' : 'trace.ended');
  return { type: kind, id: data['id'], data } as unknown as StreamMessage;
}
