import { jsonOf } from '../../../dialects/fields.js';
import { type MediaKind, mediaText } from '../../../dialects/media.js';
import { at, idAt, joined, textAt } from './fields.js';
import { failureIn, messagingApi, type Sending } from './messaging-api.js';

const PATH = /^\/bot[^/]+\/(?:test\/)?([A-Za-z]+)$/;

/** What each method sends, and where its text is. Methods that are not here (`sendChatAction`, `getMe`) send no message. */
const METHODS: Readonly<Record<string, { kind?: MediaKind; text?: readonly string[]; tag?: string }>> = {
  sendmessage: { text: ['text'] },
  editmessagetext: { text: ['text'] },
  editmessagecaption: { text: ['caption'] },
  editmessagemedia: { tag: 'media' },
  copymessage: { tag: 'copy', text: ['caption'] },
  copymessages: { tag: 'copy' },
  forwardmessage: { tag: 'forwarded message' },
  forwardmessages: { tag: 'forwarded messages' },
  sendphoto: { kind: 'image', text: ['caption'] },
  sendlivephoto: { kind: 'image', text: ['caption'] },
  sendanimation: { kind: 'image', text: ['caption'] },
  sendaudio: { kind: 'audio', text: ['caption', 'title'] },
  sendvoice: { kind: 'voice', text: ['caption'] },
  sendvideo: { kind: 'video', text: ['caption'] },
  sendvideonote: { kind: 'video' },
  senddocument: { kind: 'document', text: ['caption'] },
  sendsticker: { kind: 'sticker', text: ['emoji'] },
  sendlocation: { kind: 'location' },
  sendvenue: { kind: 'location', text: ['title'] },
  sendcontact: { kind: 'contacts', text: ['first_name'] },
  sendpoll: { kind: 'poll', text: ['question'] },
  senddice: { tag: 'dice', text: ['emoji'] },
  sendgame: { tag: 'game', text: ['game_short_name'] },
  sendinvoice: { tag: 'invoice', text: ['title'] },
  sendpaidmedia: { tag: 'paid media', text: ['caption'] },
  sendchecklist: { tag: 'checklist' },
  sendmediagroup: { tag: 'album' },
};

/** The message that a method of the Bot API sends; `undefined`: it sends none. */
export function telegramMessage(method: string, fields: unknown): Sending | Sending[] | undefined {
  const name = method.toLowerCase();
  const rule = Object.hasOwn(METHODS, name) ? METHODS[name]! : undefined;
  if (rule === undefined) return undefined;
  const edited = name.startsWith('edit') && { edited: true as const };
  const message = { channel: 'telegram', to: idAt(fields, 'chat_id'), ...edited };
  if (name === 'sendmediagroup') {
    const media = at(fields, 'media');
    const items = typeof media === 'string' ? jsonOf(media) : media;
    if (Array.isArray(items) && items.length > 0) return items.map((item) => ({ ...message, text: albumText(item) }));
  }
  const text = textAt(fields, ...(rule.text ?? []));
  if (rule.kind !== undefined) return { ...message, text: mediaText(rule.kind, undefined, text) };
  return { ...message, text: rule.tag === undefined ? text : joined([`[${rule.tag}]`, text], ' ') };
}

function albumText(item: unknown): string {
  const kind = ({ photo: 'image', video: 'video', audio: 'audio', document: 'document' } as const)[
    textAt(item, 'type') as 'photo'
  ];
  return mediaText(kind ?? 'attachment', undefined, textAt(item, 'caption'));
}

const SAYS = { code: ['error_code'], reason: ['description'] };

/** The Bot API, also one that people host themselves. A refusal may come with status 200. */
export const telegram = messagingApi({
  name: 'telegram',
  methods: ['POST', 'GET'],
  path: PATH,
  sent: ({ path, fields, query }) =>
    telegramMessage(PATH.exec(path)![1]!, fields ?? Object.fromEntries(query.entries())),
  accepted: (answer) => {
    const ok = at(answer, 'ok');
    if (ok === false) return { failure: failureIn(SAYS, answer) };
    if (ok !== true) return undefined;
    const result = at(answer, 'result');
    return { ids: (Array.isArray(result) ? result : [result]).map((one) => idAt(one, 'message_id')) };
  },
  ...SAYS,
});
