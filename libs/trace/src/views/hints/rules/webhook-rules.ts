import type { NoticeFields } from '../../../model/record.js';
import { countOf } from '../../text/durations.js';
import { clip, oneLine } from '../../text/visible-text.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { placeholderWords } from './placeholder-words.js';

/** Notices, contacts or placeholders that are listed; further ones are counted. */
const MAX_LISTED = 5;
const WORD_CHARACTERS = 200;
const NO_CONTACT = 'unknown';
/** Methods of requests that bring no message, such as a verification handshake. */
const ASKING_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

const messageIdProof = records('identify', 'the `identify` with the message id', (is) => is.message_id !== undefined);
const editedProof = records('identify', 'the `identify` with `edited`', ({ edited }) => edited === true);
const noticesProof = records('identify', 'the `identify` with `notices`', ({ notices }) => notices !== undefined);
const placeholdersProof = records(
  'identify',
  'the `identify` with `placeholders`',
  (is) => is.placeholders !== undefined,
);
const unparsedProof = records('identify', 'the `identify` with `unparsed`', ({ unparsed }) => unparsed !== undefined);
const contactsProof = records('identify', 'the `identify` with `contacts`', ({ contacts }) => contacts !== undefined);
const noContactProof = records('identify', 'the `identify` without a contact', ({ contact }) => contact === NO_CONTACT);
const contactProof = records('contact', 'a `contact` record');
const requestProof = records('open', 'the `open` of a request', ({ method }) => method !== undefined);

/** Rules about the webhook itself, apart from its message. */
export const WEBHOOK_RULES: readonly HintRuleDefinition[] = [
  { name: 'not_delivered', provedBy: [noticesProof], hint: notDelivered },
  { name: 'redelivered', provedBy: [messageIdProof], hint: redelivered },
  { name: 'edited', provedBy: [editedProof], hint: editedMessage },
  { name: 'several_contacts', provedBy: [contactsProof], hint: severalContacts },
  { name: 'no_contact', provedBy: [requestProof, noContactProof], refutedBy: [contactProof], hint: noContact },
  { name: 'placeholder', provedBy: [placeholdersProof], hint: placeholders },
  { name: 'unparsed_body', provedBy: [unparsedProof], hint: unparsedBody },
];

/** Proved by: the `identify` with `notices`; the trace that sent the message comes from a look-up by the message's id. */
function notDelivered({ trace, sentBy }: HintScene): string[] | undefined {
  const notices = listed<NoticeFields>(trace.identify?.notices);
  if (notices.length === 0) return undefined;
  const more = notices.length - MAX_LISTED;
  return [
    ...notices.slice(0, MAX_LISTED).map((notice) => noticeWords(notice, sentBy)),
    ...(more > 0 ? [`📵 Not delivered: ${countOf(more, 'more message')}`] : []),
  ];
}

function noticeWords({ status, code, reason, message_id, contact }: NoticeFields, sentBy: HintScene['sentBy']): string {
  const which = message_id === undefined ? 'a message' : `message ${word(message_id)}`;
  const whose = contact === undefined ? '' : ` to ${word(contact)}`;
  const why = [status, code, reason].filter((part) => part !== undefined).map(word);
  const sender = message_id === undefined ? undefined : sentBy?.get(message_id);
  return `📵 Not delivered: ${which}${whose}: ${why.join(' ')}${sender === undefined ? '' : `; sent by ${sender}`}`;
}

/** Proved by: the `identify` with the message id, and an earlier trace of the contact with the same one. */
function redelivered({ trace, duplicateOf }: HintScene): string | undefined {
  if (duplicateOf === null || trace.head.messageId === null || trace.identify?.edited) return undefined;
  return `📨 Redelivered webhook: the same message first came in ${duplicateOf}`;
}

/** Proved by: the `identify` with `edited`; the trace comes from a look-up by the message's id. */
function editedMessage({ trace, editOf }: HintScene): string | undefined {
  if (!trace.identify?.edited) return undefined;
  return editOf
    ? `✏️ Edited message: it first came in ${editOf}`
    : '✏️ Edited message: its first delivery was not found';
}

/** Proved by: the `identify` with `contacts`. */
function severalContacts({ trace: { identify } }: HintScene): string | undefined {
  const others = listed<string>(identify?.contacts);
  if (!identify || others.length === 0) return undefined;
  const all = [...new Set([identify.contact, ...others])].filter((contact) => contact !== NO_CONTACT);
  if (all.length < 2) return undefined;
  const more = all.length - MAX_LISTED;
  const names = all.slice(0, MAX_LISTED).map(word).join(', ');
  return `👥 This webhook is about ${all.length} contacts: ${names}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Proved by: the `open` of a request, the `identify` without a contact, and no `contact` record. No hint
 * for a refused request, a verification handshake, a copy of an outgoing message and a report about messages.
 */
function noContact({ trace: { head, open, identify } }: HintScene): string | undefined {
  if (!identify || head.contactId !== NO_CONTACT || identify.contact !== NO_CONTACT) return undefined;
  if (open?.method === undefined || ASKING_METHODS.includes(open.method.toUpperCase())) return undefined;
  if ((head.statusCode ?? 0) >= 400 || identify.direction === 'outbound' || identify.notices) return undefined;
  return '👤 No contact was found in this webhook; name it with capture.contactId or traceContact()';
}

/** Proved by: the `identify` with `placeholders`; the text of the placeholder comes from its `body`. */
function placeholders({ trace: { identify } }: HintScene): string[] | undefined {
  const fields = listed<string>(identify?.placeholders);
  if (fields.length === 0) return undefined;
  const more = fields.length - MAX_LISTED;
  return [
    ...fields
      .slice(0, MAX_LISTED)
      .map((field) => `🏷️ Unreplaced placeholder${placeholderWords(field, identify?.body)}`),
    ...(more > 0 ? [`🏷️ ${countOf(more, 'more unreplaced placeholder')}`] : []),
  ];
}

/** Proved by: the `identify` with `unparsed`; the length of its `body` is the number of bytes kept. */
function unparsedBody({ trace: { identify } }: HintScene): string | undefined {
  const total = identify?.unparsed;
  if (typeof total !== 'number') return undefined;
  const kept = typeof identify?.body === 'string' ? Buffer.byteLength(identify.body) : 0;
  if (kept === 0) return `📦 The body was not parsed; none of its ${count(total)} bytes are kept`;
  if (kept >= total) return `📦 The body was not parsed; its ${count(total)} bytes are kept`;
  return `📦 The body was not parsed; its first ${count(kept)} of ${count(total)} bytes are kept`;
}

/** The list, or an empty one for any other value: another program may have written the journal. */
function listed<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}

function word(text: string): string {
  return clip(oneLine(String(text)), WORD_CHARACTERS);
}

/** `5,000`, the same in every locale. */
function count(bytes: number): string {
  return String(bytes).replace(/\B(?=(\d{3})+$)/g, ',');
}
