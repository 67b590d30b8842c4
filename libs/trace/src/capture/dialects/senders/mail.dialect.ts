import { email, htmlText } from '../addresses.js';
import { all, any, has, hasAll, hasAny, is, isText, like } from '../checks.js';
import { jsonOf, own, textOf } from '../fields.js';
import { sender, type MediaRule, type Source } from '../sender.js';

const from = (...places: string[]): Source[] => places.map((at) => ({ at, as: email }));

/** An e-mail's text is its body, or its subject where it has none. */
const mail = (at: string, ...caption: Source[]): MediaRule => ({ at, kind: 'email', caption });

/** `Name <address>`, as the `From` line of an e-mail. */
const FROM_LINE = /^[^<>]*<[^<>@\s]+@[^<>@\s]+>\s*$/;

/**
 * An e-mail that some service turned into a form of many parts: attachments are why it is one. `from` is the sender only as
 * the `From` line of a mail writes it, with a name and the address in angle brackets.
 */
export const inboundEmail = sender({
  name: 'inbound-email',
  match: all(
    like('header:content-type', /^multipart\/form-data\b/i, 'multipart/form-data'),
    like('from', FROM_LINE, 'Name <address>'),
    hasAny('text', 'html'),
  ),
  groups: [
    {
      rules: [
        {
          contactId: from('from'),
          media: [mail('from', 'text', { at: 'html', as: htmlText }, 'subject')],
          type: 'email',
          direction: 'inbound',
        },
      ],
    },
  ],
});

/** SendGrid's Inbound Parse (a form of many parts) and its event webhook (a list). */
export const sendgrid = sender({
  name: 'sendgrid',
  match: any(
    all(isText('envelope'), isText('from'), hasAny('headers', 'SPF', 'sender_ip', 'charsets', 'dkim')),
    hasAll('[0].sg_event_id', '[0].event'),
  ),
  groups: [
    {
      rules: [
        {
          when: isText('envelope'),
          contactId: [...from('from'), { at: 'envelope', as: (text) => email(own(jsonOf(text), 'from')) }],
          media: [mail('from', 'text', { at: 'html', as: htmlText }, 'subject')],
          messageId: [{ at: 'headers', as: messageIdOf }],
          type: 'email',
          direction: 'inbound',
        },
      ],
    },
    {
      items: '[]',
      rules: [
        {
          when: has('sg_event_id'),
          contactId: from('email'),
          messageId: ['sg_message_id', 'smtp-id', 'sg_event_id'],
          types: ['event'],
          direction: 'outbound',
          notice: {
            when: is('event', 'bounce', 'dropped', 'spamreport'),
            status: 'event',
            code: ['status'],
            reason: ['reason', 'bounce_classification'],
          },
        },
      ],
    },
  ],
});

/** `Message-ID: <…>` among the header lines of a mail. */
function messageIdOf(headers: unknown): string | undefined {
  return /^Message-ID:[ \t]*<([^<>\s]{1,998})>/im.exec(textOf(headers)?.slice(0, 65_536) ?? '')?.[1];
}

/** Mailgun's routes (a form) and its events (JSON). `sender` is the envelope's, which may be a robot for bounces. */
export const mailgun = sender({
  name: 'mailgun',
  match: any(
    all(has('recipient'), hasAny('body-plain', 'stripped-text', 'message-headers', 'body-mime')),
    hasAll('event-data.event', 'signature'),
  ),
  groups: [
    {
      rules: [
        {
          when: has('recipient'),
          contactId: from('from', 'From', 'sender'),
          media: [mail('recipient', 'stripped-text', 'body-plain', { at: 'stripped-html', as: htmlText }, 'subject')],
          messageId: [
            { at: 'Message-Id', as: bracketed },
            { at: 'message-id', as: bracketed },
          ],
          type: 'email',
          direction: 'inbound',
        },
        {
          contactId: from('event-data.recipient'),
          messageId: ['event-data.message.headers.message-id', 'event-data.id'],
          types: ['event-data.event'],
          direction: 'outbound',
          notice: {
            when: is('event-data.event', 'failed', 'rejected', 'complained'),
            status: 'event-data.event',
            code: ['event-data.delivery-status.code', 'event-data.severity'],
            reason: [
              'event-data.delivery-status.message',
              'event-data.delivery-status.description',
              'event-data.reject.reason',
              'event-data.reason',
            ],
          },
        },
      ],
    },
  ],
});

function bracketed(value: unknown): string | undefined {
  return textOf(value)?.trim().replace(/^<|>$/g, '');
}

/** Postmark: inbound mail, and reports, which have a `RecordType`. */
export const postmark = sender({
  name: 'postmark',
  match: any(
    hasAll('MessageID', 'FromFull'),
    all(like('RecordType', /^[A-Z]\w+$/, 'a report of Postmark'), hasAny('MessageID', 'ServerID')),
  ),
  groups: [
    {
      rules: [
        {
          when: has('FromFull'),
          contactId: from('FromFull.Email', 'From'),
          media: [mail('FromFull', 'StrippedTextReply', 'TextBody', { at: 'HtmlBody', as: htmlText }, 'Subject')],
          messageId: ['MessageID'],
          type: 'email',
          direction: 'inbound',
        },
        {
          // `From` is our own address here.
          contactId: from('Recipient', 'Email'),
          messageId: ['MessageID'],
          types: ['RecordType'],
          direction: 'outbound',
          notice: {
            when: is('RecordType', 'Bounce', 'SpamComplaint'),
            status: { at: 'RecordType', as: (type) => (type === 'Bounce' ? 'bounced' : 'complained') },
            code: ['Type', 'TypeCode'],
            reason: ['Description', 'Details'],
          },
        },
      ],
    },
  ],
});
