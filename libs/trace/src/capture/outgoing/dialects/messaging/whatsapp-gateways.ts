import { type MediaKind, mediaKind, mediaText } from '../../../dialects/media.js';
import type { ProviderFailure } from '../../outgoing-dialect.js';
import { at, idAt, joined, textAt } from './fields.js';
import { failureIn, messagingApi } from './messaging-api.js';

const EVOLUTION = /^(?:\/[^/]+)*?\/message\/(send\w+)\/[^/]+$/;

const EVOLUTION_KINDS: Readonly<Record<string, MediaKind>> = {
  sendaudio: 'audio',
  sendwhatsappaudio: 'voice',
  sendsticker: 'sticker',
  sendlocation: 'location',
  sendcontact: 'contacts',
  sendreaction: 'reaction',
  sendpoll: 'poll',
  sendptv: 'video',
};

/** Evolution API, which people host themselves. Version 1 nests the fields that version 2 has at the top. */
export const evolution = messagingApi({
  name: 'evolution',
  path: EVOLUTION,
  sent: ({ path, fields }) => {
    const method = EVOLUTION.exec(path)![1]!.toLowerCase();
    // A story goes to everybody.
    if (method === 'sendstatus' || fields === undefined) return undefined;
    const text = textAt(
      fields,
      'text',
      'textMessage.text',
      'caption',
      'mediaMessage.caption',
      'description',
      'title',
      'name',
      'reaction',
      'reactionMessage.reaction',
    );
    const media = method === 'sendmedia' ? mediaKind(textAt(fields, 'mediatype', 'mediaMessage.mediatype')) : undefined;
    const kind = media ?? (Object.hasOwn(EVOLUTION_KINDS, method) ? EVOLUTION_KINDS[method] : undefined);
    const plain = method === 'sendtemplate' ? `[template ${textAt(fields, 'name') ?? ''}]` : text;
    return {
      text: kind === undefined ? (plain ?? `[${method.slice(4)}]`) : mediaText(kind, undefined, text),
      channel: 'whatsapp',
      to: idAt(fields, 'number', 'key.remoteJid', 'reactionMessage.key.remoteJid')?.replace(/@s\.whatsapp\.net$/, ''),
    };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'key.id', 'response.key.id')] }),
  code: [],
  reason: [],
  refused: (answer): ProviderFailure => ({ code: textAt(answer, 'error', 'status'), reason: evolutionReason(answer) }),
});

/** A number without WhatsApp is an object in a list, a failed check a list of texts in a list. */
function evolutionReason(answer: unknown): string | undefined {
  const first = at(answer, 'response.message.0') ?? at(answer, 'message.0');
  if (at(first, 'exists') === false) return joined([textAt(first, 'number', 'jid'), 'is not on WhatsApp'], ' ');
  return textAt(answer, 'response.message.0', 'response.message.0.0', 'response.message', 'message', 'error');
}

const GREEN = /^\/waInstance\d+\/(\w+)\/[^/]+$/i;

const GREEN_METHODS: Readonly<Record<string, MediaKind | 'bare'>> = {
  sendmessage: 'bare',
  sendfilebyurl: 'document',
  sendfilebyupload: 'document',
  sendlocation: 'location',
  sendcontact: 'contacts',
  sendpoll: 'poll',
  sendbuttons: 'bare',
  sendinteractivebuttons: 'bare',
  sendinteractivebuttonsreply: 'bare',
  sendtemplatebuttons: 'bare',
  sendlistmessage: 'bare',
};

const GREEN_SAYS = {
  code: ['correspondentsStatus.status', 'invokeStatus.status', 'statusCode'],
  reason: ['correspondentsStatus.description', 'invokeStatus.description', 'message'],
};

/** Green API. An answer without an id may refuse: a used-up quota came with status 200 and with 466. */
export const greenApi = messagingApi({
  name: 'green-api',
  path: GREEN,
  sent: ({ path, fields }) => {
    const method = GREEN.exec(path)![1]!.toLowerCase();
    const kind = Object.hasOwn(GREEN_METHODS, method) ? GREEN_METHODS[method]! : undefined;
    if (kind === undefined || fields === undefined) return undefined;
    const text = textAt(fields, 'message', 'body', 'contentText', 'caption', 'nameLocation');
    return {
      text: kind === 'bare' ? text : mediaText(kind, textAt(fields, 'fileName', 'contact.firstName'), text),
      channel: 'whatsapp',
      to: idAt(fields, 'chatId')?.replace(/@c\.us$/, ''),
    };
  },
  accepted: (answer) => {
    const id = idAt(answer, 'idMessage');
    if (id !== undefined) return { ids: [id] };
    const failure = failureIn(GREEN_SAYS, answer);
    return failure.code === undefined && failure.reason === undefined ? undefined : { failure };
  },
  ...GREEN_SAYS,
});
