import { EVENT } from '../../model/vocabulary.js';
import type { EventDto } from '../../contract/responses.js';
import { asRecord, dataOf, word } from './event-data.js';
import { oneLine } from '../text/visible-text.js';

/** Everyday words for kinds of messages. */
const MEDIA_WORDS: Readonly<Record<string, string>> = { voice: 'voice note', ptt: 'voice note' };

/**
 * The line of a `webhook_received`: its message, else the kind of message, else the request or the kind of work. Where the
 * POST has messages of several contacts, the line names its contact.
 */
export function received(event: EventDto): string {
  const contact = word(dataOf(event).contact);
  return contact === undefined ? arrived(event) : `${arrived(event)} (${oneLine(contact)})`;
}

function arrived(event: EventDto): string {
  const { message, media, edited, method, path, type } = dataOf(event);
  const kind = word(media);
  const edit = edited === true ? ' (edited)' : '';
  if (typeof message === 'string') {
    const text = oneLine(message);
    // Capture writes `[voice note]` and `[image] caption`; only the contact's own words are quoted.
    const isLabel = kind !== undefined && kind !== 'text' && text.startsWith('[');
    return `Received: ${isLabel ? text : `'${text}'`}${edit}`;
  }
  if (kind !== undefined && kind !== 'text') return `Received: [${MEDIA_WORDS[kind] ?? kind}]${edit}`;
  const request = [word(method), word(path)].filter((part) => part !== undefined).join(' ');
  const dialect = word(type);
  if (request === '') return dialect === undefined ? 'Received' : `Received: ${dialect}`;
  return dialect === undefined ? `Received: ${request}` : `Received: ${request} (${dialect})`;
}

/**
 * A `webhook_received` of a POST with several messages, as one event for each of them: each has a line of its own in the
 * timeline. Any other event is returned as it is. Where the messages are of different contacts, each has its `contact`.
 */
export function singleMessages(event: EventDto): EventDto[] {
  if (event.type !== EVENT.received || event.name !== null) return [event];
  const { messages, ...data } = dataOf(event);
  if (!Array.isArray(messages) || messages.length < 2) return [event];
  const all = messages.map(asRecord);
  const several = new Set(all.map(({ contact }) => contact)).size > 1;
  return all.map(({ contact, message, media, message_id }) => ({
    ...event,
    data: { ...data, message, media, message_id, ...(several && { contact }) },
  }));
}
