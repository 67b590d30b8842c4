import { jid } from '../addresses.js';
import { all, any, has, is, like, type Check } from '../checks.js';
import { sender, type Source } from '../sender.js';
import { baileysMedia, baileysText } from './baileys-message.js';

const at = (...places: string[]): Source[] => places.map((place) => ({ at: place, as: jid }));

/** Where `key.remoteJid` is an anonymous id (`…@lid`), newer versions send the number beside it. */
const CHAT = at('key.senderPn', 'key.remoteJidAlt', 'key.remoteJid', 'remoteJid');

/** In a group the chat is no person, the participant is. */
const AUTHOR = at('key.participantPn', 'key.participantAlt', 'key.participant', 'participant');

/** Versions write `messages.upsert` or `MESSAGES_UPSERT`. */
const event = (name: string): Check => like('$.event', new RegExp(`^${name.replace('.', '[._]')}$`, 'i'), name);

const EVENT = ['$.event'];
const WRITTEN = {
  message: baileysText('message'),
  media: baileysMedia('message'),
  messageId: ['key.id'],
  types: EVENT,
};

/** Evolution API (WhatsApp Web). `sender` and `instance` are our own side and are never read. */
export const evolution = sender({
  name: 'evolution',
  match: all(
    like('event', /^[a-z]+(?:[._-][a-z]+)+$/i, 'the name of an event'),
    has('instance'),
    any(has('server_url'), has('apikey'), like('sender', /@/, 'an address'), has('data.key.remoteJid')),
  ),
  groups: [
    {
      items: 'data[]',
      rules: [
        {
          when: event('messages.update'),
          contactId: at('remoteJid', 'key.remoteJid'),
          messageId: ['keyId', 'key.id', 'messageId'],
          type: 'status',
          direction: 'outbound',
          notice: { when: is('status', 'ERROR', 0), status: { at: 'status', as: () => 'failed' } },
        },
        {
          when: event('messages.delete'),
          contactId: [...AUTHOR, ...CHAT],
          messageId: ['key.id', 'id', 'keyId'],
          types: EVENT,
        },
        {
          when: event('messages.edited'),
          contactId: [...AUTHOR, ...CHAT],
          message: [...baileysText('editedMessage'), ...baileysText('message')],
          messageId: ['key.id', 'id', 'keyId'],
          types: EVENT,
          direction: 'inbound',
          directions: { at: 'key.fromMe', outbound: [true] },
          edited: true,
        },
        {
          when: any(event('send.message'), all(event('messages.upsert'), is('key.fromMe', true))),
          // `senderPn` and `participant` are our own side here.
          contactId: at('key.remoteJidAlt', 'key.remoteJid'),
          ...WRITTEN,
          direction: 'outbound',
        },
        {
          when: event('messages.upsert'),
          contactId: [...AUTHOR, ...CHAT],
          ...WRITTEN,
          direction: 'inbound',
        },
        {
          when: like('$.event', /^(?:contacts|chats|presence)[._]/i, 'about contacts'),
          contactId: at('remoteJid', 'id'),
          types: EVENT,
        },
        { types: EVENT },
      ],
    },
  ],
});
