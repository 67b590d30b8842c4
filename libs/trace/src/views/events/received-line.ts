import type { EventDto } from '../../contract/responses.js';
import { dataOf, word } from './event-data.js';
import { oneLine } from '../text/visible-text.js';

/** Kinds of messages whose own word is not the one that people use. */
const MEDIA_WORDS: Readonly<Record<string, string>> = { voice: 'voice note', ptt: 'voice note' };

/** What came in: its message; without one, its kind; without that, the request or the kind of work. One of several contacts is named. */
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
    // Capture writes `[voice note]` or `[image] caption` itself: no words of the contact, so no quotes.
    const isLabel = kind !== undefined && kind !== 'text' && text.startsWith('[');
    return `Received: ${isLabel ? text : `'${text}'`}${edit}`;
  }
  if (kind !== undefined && kind !== 'text') return `Received: [${MEDIA_WORDS[kind] ?? kind}]${edit}`;
  const request = [word(method), word(path)].filter((part) => part !== undefined).join(' ');
  const dialect = word(type);
  if (request === '') return dialect === undefined ? 'Received' : `Received: ${dialect}`;
  return dialect === undefined ? `Received: ${request}` : `Received: ${request} (${dialect})`;
}
