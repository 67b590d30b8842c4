import { mediaKind, mediaOfUrl, mediaText } from '../../../dialects/media.js';
import { at, idAt, joined, listAt, recipients, templateText, textAt, valuesOf } from './fields.js';
import { failureIn, messagingApi, type Sending } from './messaging-api.js';

/** Vonage's Messages: one body for all channels. Version 0.1 nests it. */
export const vonage = messagingApi({
  name: 'vonage',
  host: /^(?:api(?:-\w+)?\.nexmo\.com|(?:api|messages-sandbox)(?:[.-]\w+)?\.(?:vonage|nexmo)\.com)$/,
  path: /^\/v\d(?:\.\d)?\/messages\/?$/,
  sent: ({ fields }): Sending | undefined => {
    const content = at(fields, 'message.content') ?? fields;
    const type = textAt(fields, 'message_type') ?? textAt(content, 'type');
    if (type === undefined) return undefined;
    return {
      text: channelText(type, textAt(content, 'text'), at(content, type)),
      channel: textAt(fields, 'channel', 'to.type'),
      to: idAt(fields, 'to', 'to.number', 'to.id'),
    };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'message_uuid')] }),
  code: ['code'],
  reason: [],
  refused: (answer) => ({
    code: textAt(answer, 'type')?.split(/[#/]/).at(-1),
    reason: joined([textAt(answer, 'title'), textAt(answer, 'detail')], ': '),
  }),
});

const VONAGE_SMS = { code: ['status'], reason: ['error-text'] };

/** Vonage's SMS API answers 200. Its answer has the parts of one text; the first refused part refuses it. */
export const vonageSms = messagingApi({
  name: 'vonage',
  host: /^rest(?:-\w+)?\.nexmo\.com$/,
  path: /^\/sms\/json$/,
  methods: ['POST', 'GET'],
  sent: ({ fields }) => ({ text: textAt(fields, 'text'), channel: 'sms', to: idAt(fields, 'to') }),
  accepted: (answer) => {
    const parts = listAt(answer, 'messages');
    if (parts.length === 0) return undefined;
    const refused = parts.find((part) => textAt(part, 'status') !== '0');
    return refused === undefined
      ? { ids: [idAt(parts[0], 'message-id')] }
      : { failure: failureIn(VONAGE_SMS, refused) };
  },
  ...VONAGE_SMS,
});

/** MessageBird's SMS and conversations. */
export const messagebird = messagingApi({
  name: 'messagebird',
  host: /^(?:rest|conversations)\.messagebird\.com$/,
  path: /^\/(?:messages|v1\/send|v1\/conversations\/start|v1\/conversations\/[^/]+\/messages)$/,
  sent: ({ fields, hostname }): Sending | undefined => {
    if (hostname === 'rest.messagebird.com')
      return { text: textAt(fields, 'body'), channel: 'sms', to: recipients(recipientsOf(fields)) };
    const type = textAt(fields, 'type') ?? 'text';
    const content = at(fields, 'content');
    return { text: channelText(type, textAt(content, 'text'), at(content, type)), to: idAt(fields, 'to') };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'id', 'messages.lastMessageId')] }),
  code: ['errors.0.code'],
  reason: ['errors.0.description'],
});

/** A form has the numbers as one text. */
function recipientsOf(fields: unknown): unknown {
  const given = at(fields, 'recipients');
  return typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given;
}

/** Bird, which replaces MessageBird. */
export const bird = messagingApi({
  name: 'bird',
  host: /^api\.bird\.com$/,
  path: /^\/workspaces\/[^/]+\/channels\/[^/]+\/messages$/,
  sent: ({ fields }): Sending => {
    const type = textAt(fields, 'body.type') ?? 'text';
    const template = textAt(fields, 'template.name', 'template.projectId');
    return {
      text:
        template === undefined
          ? channelText(type, textAt(fields, 'body.text.text'), at(fields, `body.${type}`))
          : templateText(template, [
              ...valuesOf(at(fields, 'template.variables')),
              ...listAt(fields, 'template.parameters').map((one) => textAt(one, 'value')),
            ]),
      to: recipients(at(fields, 'receiver.contacts'), (one) => idAt(one, 'identifierValue', 'id')),
    };
  },
  accepted: (answer) =>
    /failed|rejected/.test(textAt(answer, 'status') ?? '')
      ? { failure: { code: textAt(answer, 'status'), reason: textAt(answer, 'reason', 'failure.description') } }
      : { ids: [idAt(answer, 'id')] },
  code: ['code'],
  reason: ['message', 'title'],
});

/** Telnyx, SMS and WhatsApp. */
export const telnyx = messagingApi({
  name: 'telnyx',
  host: /^api\.telnyx\.com$/,
  path: /^\/v2\/messages(?:\/(?:whatsapp|number_pool|short_code|long_code|group_mms|rcs))?$/,
  sent: ({ fields, path }): Sending => {
    const message = at(fields, 'whatsapp_message') ?? at(fields, 'agent_message.content_message');
    const type = textAt(message, 'type') ?? 'text';
    const url = textAt(fields, 'media_urls.0');
    const text = textAt(fields, 'text') ?? textAt(message, 'text.body', 'text');
    return {
      text:
        message === undefined && url !== undefined
          ? mediaText(mediaOfUrl(url) ?? 'attachment', undefined, text)
          : channelText(type, text, at(message, type)),
      channel: path.endsWith('/whatsapp') ? 'whatsapp' : path.endsWith('/rcs') ? 'rcs' : 'sms',
      to: recipients(at(fields, 'to')),
    };
  },
  accepted: (answer) => {
    const error = at(answer, 'data.errors.0');
    if (error !== undefined) return { failure: telnyxFailure(error) };
    if (textAt(answer, 'data.to.0.status') === 'sending_failed') return { failure: { code: 'sending_failed' } };
    return { ids: [idAt(answer, 'data.id')] };
  },
  code: [],
  reason: [],
  refused: (answer) => telnyxFailure(at(answer, 'errors.0')),
});

function telnyxFailure(error: unknown): { code?: string; reason?: string } {
  return { code: textAt(error, 'code'), reason: joined([textAt(error, 'title'), textAt(error, 'detail')], ': ') };
}

/** Text of a body of the form `{ type: 'image', image: { caption } }`, which several providers have. */
function channelText(type: string, text: string | undefined, content: unknown): string | undefined {
  if (type === 'text') return text;
  if (type === 'template')
    return templateText(
      textAt(content, 'name', 'id'),
      listAt(content, 'parameters').map((one) => textAt({ one }, 'one', 'one.default', 'one.text')),
    );
  const kind = mediaKind(type);
  return kind === undefined
    ? (text ?? textAt(content, 'body.text', 'text') ?? `[${type}]`)
    : mediaText(kind, textAt(content, 'name', 'filename'), textAt(content, 'caption', 'text') ?? text);
}
