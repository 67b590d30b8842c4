import { all, any, has, hasAll, is, isList, isText } from '../checks.js';
import { mediaKind } from '../media.js';
import { sender, type MediaRule } from '../sender.js';

const kinds = (type: string): MediaRule => ({
  at: type,
  kindOf: (word) => (word === 'text' || word === 'formResponse' ? undefined : mediaKind(word)),
});

const USER = ['payload.user.id', 'payload.message.author.userId', 'payload.message.author.user.id'];
const CONTENT = ['payload.message.content.text', 'payload.message.content.altText'];

/** Zendesk Sunshine Conversations (Smooch), version 2: a list of events. An agent's message names no user. */
export const sunshine = sender({
  name: 'zendesk-sunshine',
  match: any(
    all(isList('events'), has('app.id'), has('webhook.id')),
    all(isText('trigger'), hasAll('app._id', 'appUser._id')),
  ),
  groups: [
    {
      items: 'events[]',
      rules: [
        {
          when: all(is('type', 'conversation:message'), is('payload.message.author.type', 'user')),
          contactId: ['payload.message.author.userId', 'payload.message.author.user.id'],
          message: CONTENT,
          media: [kinds('payload.message.content.type')],
          messageId: ['payload.message.id'],
          types: ['type'],
          direction: 'inbound',
        },
        {
          when: is('type', 'conversation:message'),
          contactId: ['payload.user.id'],
          message: CONTENT,
          media: [kinds('payload.message.content.type')],
          messageId: ['payload.message.id'],
          types: ['type'],
          direction: 'outbound',
        },
        {
          when: is('type', 'conversation:postback'),
          contactId: USER,
          media: [{ at: 'payload.postback', kind: 'button', caption: ['payload.postback.payload'] }],
          messageId: ['id'],
          types: ['type'],
          direction: 'inbound',
        },
        {
          when: is('type', 'conversation:message:delivery:failure'),
          contactId: ['payload.user.id'],
          messageId: ['payload.message.id'],
          types: ['type'],
          direction: 'outbound',
          notice: {
            status: { at: 'type', as: () => 'failed' },
            code: ['payload.error.code'],
            reason: ['payload.error.message', 'payload.error.underlyingError.message'],
          },
        },
        { contactId: ['payload.user.id', 'payload.mergedUsers.surviving.id'], messageId: ['id'], types: ['type'] },
      ],
    },
    {
      // Version 1.1: one application's user, and messages beside it.
      items: 'messages[]',
      rules: [
        {
          when: is('role', 'appUser'),
          contactId: ['$.appUser.userId', '$.appUser._id'],
          message: ['text'],
          media: [kinds('type')],
          messageId: ['_id'],
          types: ['$.trigger'],
          direction: 'inbound',
        },
        {
          contactId: ['$.appUser.userId', '$.appUser._id'],
          message: ['text'],
          media: [kinds('type')],
          messageId: ['_id'],
          types: ['$.trigger'],
          direction: 'outbound',
        },
      ],
    },
  ],
});
