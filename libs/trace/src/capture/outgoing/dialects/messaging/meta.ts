import { jsonOf } from '../../../dialects/fields.js';
import { mediaKind, mediaText } from '../../../dialects/media.js';
import type { ProviderFailure } from '../../outgoing-dialect.js';
import { at, idAt, joined, listAt, templateText, textAt } from './fields.js';
import { type Acceptance, messagingApi, type ReadRequest, type Sending } from './messaging-api.js';

/**
 * Meta's Graph API. The path is enough, so that a proxy and a fake of the API count too: `/v21.0/{id}/messages` for
 * WhatsApp, Messenger and Instagram: the body shows which.
 */
export const meta = messagingApi({
  name: 'meta',
  path: /^\/v\d+\.\d+\/[^/]+\/(?:marketing_)?messages\/?$/,
  sent: metaMessage,
  accepted: metaAnswer,
  code: [],
  reason: [],
  refused: metaFailure,
});

/** 360dialog passes WhatsApp's bodies on, under paths of its own. */
export const dialog360 = messagingApi({
  name: '360dialog',
  host: /(?:^|\.)360dialog\.io$/,
  path: /^\/(?:v1\/)?messages\/?$/,
  sent: metaMessage,
  accepted: metaAnswer,
  code: [],
  reason: [],
  refused: metaFailure,
});

function metaMessage({ fields, hostname, query }: ReadRequest): Sending | undefined {
  // WhatsApp's read receipts and typing signs have a status and no type.
  if (at(fields, 'status') !== undefined || at(fields, 'sender_action') !== undefined) return undefined;
  const recipient = objectAt(fields, 'recipient');
  if (at(fields, 'messaging_product') !== undefined || recipient === undefined) return whatsappMessage(fields);
  const message = objectAt(fields, 'message');
  if (message === undefined) return undefined;
  const instagram =
    hostname === 'graph.instagram.com' || (query.get('platform') ?? at(fields, 'platform')) === 'instagram';
  return {
    text: messengerText(message),
    channel: instagram ? 'instagram' : 'messenger',
    to: idAt(recipient, 'id', 'comment_id', 'phone_number', 'user_ref'),
  };
}

/** A form has JSON in its fields. */
function objectAt(fields: unknown, name: string): unknown {
  const value = at(fields, name);
  return typeof value === 'string' ? jsonOf(value) : value;
}

function messengerText(message: unknown): string | undefined {
  const attachment = at(message, 'attachment') ?? at(message, 'attachments.0');
  const payload = at(attachment, 'payload');
  const text = textAt(message, 'text') ?? textAt(payload, 'text', 'elements.0.title');
  if (text !== undefined || attachment === undefined) return text;
  const type = textAt(attachment, 'type');
  return type === 'template'
    ? templateText(textAt(payload, 'template_type'), [])
    : mediaText(mediaKind(type) ?? 'attachment', undefined, undefined);
}

function whatsappMessage(fields: unknown): Sending | undefined {
  const to = idAt(fields, 'to', 'recipient');
  const type = textAt(fields, 'type') ?? (at(fields, 'text') === undefined ? undefined : 'text');
  if (to === undefined || type === undefined) return undefined;
  return { text: whatsappText(type, at(fields, type)), channel: 'whatsapp', to };
}

function whatsappText(type: string, content: unknown): string | undefined {
  switch (type) {
    case 'text':
      return textAt(content, 'body');
    case 'template':
      return templateText(textAt(content, 'name'), templateValues(content));
    case 'interactive':
      return textAt(content, 'body.text', 'header.text', 'footer.text') ?? `[${textAt(content, 'type') ?? type}]`;
    case 'reaction':
      return mediaText('reaction', undefined, textAt(content, 'emoji') ?? 'removed');
    case 'location':
      return mediaText('location', textAt(content, 'name'), textAt(content, 'address'));
    case 'contacts':
      return mediaText('contacts', textAt(content, '0.name.formatted_name'), undefined);
    default: {
      const kind = mediaKind(type);
      return kind === undefined
        ? `[${type}]`
        : mediaText(kind, textAt(content, 'filename'), textAt(content, 'caption'));
    }
  }
}

/** What a template's placeholders are filled with, in order. */
function templateValues(template: unknown): (string | undefined)[] {
  return listAt(template, 'components').flatMap((component) =>
    listAt(component, 'parameters').map((parameter) => {
      const text = textAt(parameter, 'text', 'currency.fallback_value', 'date_time.fallback_value', 'payload');
      const type = textAt(parameter, 'type');
      return text ?? (type === undefined ? undefined : `[${type}]`);
    }),
  );
}

function metaAnswer(answer: unknown): Acceptance {
  if (at(answer, 'error') !== undefined || at(answer, 'errors') !== undefined) return { failure: metaFailure(answer) };
  return { ids: [idAt(answer, 'messages.0.id', 'message_id')] };
}

/**
 * Meta's own words: the message without its repeated code, then the details, which say what to do. Messenger's subcode
 * distinguishes refusals of one code: `10/2018278`.
 */
function metaFailure(answer: unknown): ProviderFailure {
  // `errors` is the on-premises form of the API, `meta` 360dialog's own.
  const error = at(answer, 'error') ?? at(answer, 'errors.0') ?? at(answer, 'meta');
  const code = joined([textAt(error, 'code', 'http_code'), textAt(error, 'error_subcode')], '/');
  const message = textAt(error, 'message', 'title', 'developer_message')?.replace(/^\(#\d+\)\s*/, '');
  const details = textAt(error, 'error_data.details', 'details', 'error_user_msg');
  return { code, reason: joined(details === message ? [message] : [message, details], ': ') };
}
