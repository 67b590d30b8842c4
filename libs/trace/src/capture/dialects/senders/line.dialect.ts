import { all, has, is, isList, isText } from '../checks.js';
import { sender } from '../sender.js';

/** In a group the person who wrote is the contact; LINE leaves the person out where they did not consent. */
const USER = ['source.userId'];

/** LINE Messaging API. */
export const line = sender({
  name: 'line',
  match: all(isText('destination'), isList('events')),
  groups: [
    {
      items: 'events[]',
      rules: [
        {
          when: is('type', 'message'),
          contactId: USER,
          message: ['message.text'],
          media: [
            {
              at: 'message.type',
              kindOf: (type) => KINDS[String(type)],
              name: ['message.fileName', 'message.title'],
              caption: ['message.address', 'message.keywords[0]'],
            },
          ],
          messageId: ['message.id'],
          type: 'message',
          direction: 'inbound',
        },
        {
          when: is('type', 'postback'),
          contactId: USER,
          media: [{ at: 'postback', kind: 'button', caption: ['postback.data'] }],
          messageId: ['webhookEventId'],
          type: 'postback',
          direction: 'inbound',
        },
        {
          when: has('type'),
          contactId: USER,
          messageId: ['unsend.messageId', 'webhookEventId'],
          types: ['type'],
          direction: 'inbound',
        },
      ],
    },
  ],
});

const KINDS: Record<string, 'image' | 'video' | 'audio' | 'document' | 'location' | 'sticker'> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'document',
  location: 'location',
  sticker: 'sticker',
};
