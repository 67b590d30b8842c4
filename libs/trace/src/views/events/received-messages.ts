import type { EventDto } from '../../contract/responses.js';
import { asRecord, dataOf } from './event-looks.js';

/**
 * A `webhook_received` of a POST with several messages, as one event for each of them: each has a line of its own in the
 * timeline. Any other event is returned as it is. Where the messages are of different contacts, each has its `contact`.
 */
export function singleMessages(event: EventDto): EventDto[] {
  if (event.type !== 'webhook_received' || event.name !== null) return [event];
  const { messages, ...data } = dataOf(event);
  if (!Array.isArray(messages) || messages.length < 2) return [event];
  const all = messages.map(asRecord);
  const several = new Set(all.map(({ contact }) => contact)).size > 1;
  return all.map(({ contact, message, media, message_id }) => ({
    ...event,
    data: { ...data, message, media, message_id, ...(several && { contact }) },
  }));
}
