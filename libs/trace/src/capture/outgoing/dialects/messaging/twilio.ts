import { address } from '../../../dialects/addresses.js';
import { mediaOfUrl, mediaText } from '../../../dialects/media.js';
import { at, idAt, templateText, textAt, valuesOf } from './fields.js';
import { type Acceptance, failureIn, messagingApi, type MessagingApi, type Sending } from './messaging-api.js';

const SAYS = { code: ['error_code', 'code'], reason: ['error_message', 'message', 'detail'] };

/** A message is refused later too: then the answer of 201 has an `error_code`, or a status that says so. */
function accepted(answer: unknown): Acceptance {
  const refused =
    textAt(answer, 'error_code') !== undefined ||
    /^(?:failed|undelivered|canceled)$/.test(textAt(answer, 'status') ?? '');
  return refused ? { failure: failureIn(SAYS, answer) } : { ids: [idAt(answer, 'sid')] };
}

function messageText(fields: unknown): string | undefined {
  const body = textAt(fields, 'Body');
  const template = textAt(fields, 'ContentSid');
  if (template !== undefined && body === undefined)
    return templateText(template, valuesOf(at(fields, 'ContentVariables')));
  const url = textAt(fields, 'MediaUrl', 'MediaUrl.0');
  return url === undefined ? body : mediaText(mediaOfUrl(url) ?? 'attachment', undefined, body);
}

function message(fields: unknown): Sending | undefined {
  const to = textAt(fields, 'To');
  if (to === undefined) return undefined;
  const channel = /^(whatsapp|messenger|rcs|viber):/i.exec(to)?.[1]?.toLowerCase() ?? 'sms';
  return { text: messageText(fields), channel, to: address(to) ?? to };
}

const twilioApi = (path: RegExp, sent: MessagingApi['sent'], host?: RegExp): MessagingApi => ({
  name: 'twilio',
  host,
  path,
  sent,
  accepted,
  ...SAYS,
});

/** Twilio's Messages. */
export const twilio = messagingApi(
  twilioApi(/^\/\d{4}-\d\d-\d\d\/Accounts\/[^/]+\/(?:SMS\/)?Messages(?:\.json)?$/, ({ fields }) => message(fields)),
);

/** Twilio's Conversations: whom a message goes to depends on who takes part. */
export const twilioConversations = messagingApi(
  twilioApi(
    /^\/v1\/(?:Services\/[^/]+\/)?Conversations\/[^/]+\/Messages$/,
    ({ fields }) => ({ text: messageText(fields), channel: 'conversation' }),
    /^conversations\.twilio\.com$/,
  ),
);
