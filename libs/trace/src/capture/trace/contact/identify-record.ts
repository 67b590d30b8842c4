import type { IdentifyFields, MessageFields, NoticeFields, Payload } from '../../../model/record.js';
import type { WebhookMessage } from '../../dialects/dialect.js';
import type { Identification } from '../../dialects/identify.js';
import { MAX_NOTICES } from '../../dialects/notices.js';
import type { RecordFields } from '../record-fields.js';
import type { RequestContent } from './request-reader.js';

/** Messages of one POST that are recorded one by one. */
const MAX_MESSAGES = 20;
/** Characters of each of these messages; the body has them whole. */
const MAX_MESSAGE = 500;

const NO_NOTICES: readonly NoticeFields[] = [];

type ContentFields = Omit<
  IdentifyFields<Payload>,
  'kind' | 'ts' | 'trace' | 'id' | 'unparsed' | 'again' | 'body' | 'handler'
>;

/**
 * The fields of an `identify` record that come from the request's content.
 * @param contact the trace's contact
 * @param own the contact where the application named it: messages of the sender's contact count as its messages
 */
export function contentFields(
  { text, first, identification, type }: RequestContent,
  contact: string,
  own: string | undefined,
  write: RecordFields,
): ContentFields {
  const sender = write.id(first?.contactId);
  const messages =
    own === undefined || sender === undefined
      ? identification.messages
      : renamed(identification.messages, first!.contactId!, own);
  const others = otherContacts(messages, contact, write);
  return {
    contact,
    message: write.text(text),
    type: type === undefined ? undefined : write.name(type),
    direction: first?.direction,
    message_id: write.id(first?.messageId),
    alias: own !== undefined && sender !== own ? sender : undefined,
    contacts: others,
    messages: messageFields(messages, write),
    ...identifiedFields(identification, first, write),
  };
}

function otherContacts(
  messages: readonly WebhookMessage[],
  contact: string,
  write: RecordFields,
): string[] | undefined {
  if (messages.length === 0) return undefined;
  const others = new Set(messages.map(({ contactId }) => write.id(contactId)).filter((id) => id !== undefined));
  others.delete(contact);
  return others.size > 0 ? [...others] : undefined;
}

function renamed(messages: readonly WebhookMessage[], sender: string, own: string): WebhookMessage[] {
  return messages.map((message) => (message.contactId === sender ? { ...message, contactId: own } : message));
}

function messageFields(all: readonly WebhookMessage[], write: RecordFields): MessageFields[] | undefined {
  if (all.length < 2) return undefined;
  const messages = all.filter(({ contactId, message }) => contactId !== undefined || message !== undefined);
  if (messages.length < 2) return undefined;
  return messages.slice(0, MAX_MESSAGES).map(({ contactId, message, messageId, media, direction }) => ({
    contact: write.id(contactId),
    message: write.text(message, MAX_MESSAGE),
    message_id: write.id(messageId),
    media,
    direction,
  }));
}

/**
 * The dialect that read the request, the type of its message, failure notices about earlier messages, and unreplaced
 * placeholders.
 * @param first the message that the trace shows
 */
export function identifiedFields(
  { dialect, messages, placeholders }: Identification,
  first: WebhookMessage | undefined,
  write: RecordFields,
): Pick<IdentifyFields, 'dialect' | 'media' | 'edited' | 'notices' | 'placeholders'> {
  const notices = messages.some((message) => message.notices !== undefined)
    ? messages.flatMap((message) => message.notices ?? []).slice(0, MAX_NOTICES)
    : NO_NOTICES;
  return {
    dialect,
    media: first?.media,
    edited: first?.edited ? true : undefined,
    notices:
      notices.length === 0
        ? undefined
        : notices.map((notice) => ({
            status: write.text(notice.status)!,
            code: write.text(notice.code),
            reason: write.text(notice.reason),
            message_id: write.id(notice.message_id),
            contact: write.id(notice.contact),
          })),
    placeholders: placeholders?.map((name) => write.text(name)!),
  };
}
