import type { Dialect } from './dialect.js';
import { at, compact, header, idOf, textOf } from './fields.js';

/** Twilio: forms with capitalised names, for SMS, WhatsApp and calls. */
export const twilio: Dialect = {
  name: 'twilio',
  match: ({ headers, body }) =>
    header(headers, 'x-twilio-signature') !== undefined ||
    (typeof at(body, 'AccountSid') === 'string' && (at(body, 'MessageSid') ?? at(body, 'CallSid')) !== undefined),
  extract({ body }) {
    const status = textOf(at(body, 'MessageStatus') ?? at(body, 'SmsStatus'))?.toLowerCase();
    const isStatus = status !== undefined && status !== 'received' && at(body, 'Body') === undefined;
    const isCall = at(body, 'CallSid') !== undefined;
    const outbound = isStatus || textOf(at(body, 'Direction'))?.startsWith('outbound') === true;
    return [
      compact({
        // The other side of what we sent is whom it went to.
        contactId: outbound
          ? (address(at(body, 'To')) ?? address(at(body, 'From')))
          : (address(at(body, 'From')) ?? idOf(at(body, 'WaId'))),
        message: textOf(at(body, 'Body')) ?? textOf(at(body, 'SpeechResult')) ?? textOf(at(body, 'Digits')),
        messageId: idOf(at(body, 'MessageSid') ?? at(body, 'SmsMessageSid') ?? at(body, 'CallSid')),
        type: isStatus ? 'status' : isCall ? 'call' : 'message',
        direction: outbound ? ('outbound' as const) : ('inbound' as const),
      }),
    ];
  },
};

/** `whatsapp:+5215512345678` → `+5215512345678`. */
function address(value: unknown): string | undefined {
  return idOf(value)?.replace(/^[a-z]+:(?=.)/i, '');
}
