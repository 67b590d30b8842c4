import { jid } from '../addresses.js';
import { all, has, is, like } from '../checks.js';
import type { MediaKind } from '../media.js';
import { sender, type Source } from '../sender.js';

const CHAT: Source[] = [{ at: 'senderData.chatId', as: jid }];

const KINDS: Record<string, MediaKind> = {
  imageMessage: 'image',
  videoMessage: 'video',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
  locationMessage: 'location',
  contactMessage: 'contacts',
  contactsArrayMessage: 'contacts',
  reactionMessage: 'reaction',
  pollMessage: 'poll',
  buttonsResponseMessage: 'button',
  templateButtonsReplyMessage: 'button',
  listResponseMessage: 'list',
};

const DATA = 'messageData';
const WRITTEN = {
  message: [
    `${DATA}.textMessageData.textMessage`,
    `${DATA}.extendedTextMessageData.text`,
    `${DATA}.editedMessageData.textMessage`,
    `${DATA}.editedMessageData.caption`,
  ],
  media: [
    {
      at: `${DATA}.typeMessage`,
      kindOf: (type: unknown) => KINDS[String(type)],
      name: [`${DATA}.fileMessageData.fileName`],
      caption: [
        `${DATA}.fileMessageData.caption`,
        `${DATA}.locationMessageData.nameLocation`,
        `${DATA}.locationMessageData.address`,
        `${DATA}.contactMessageData.displayName`,
        `${DATA}.extendedTextMessageData.text`,
        `${DATA}.buttonsResponseMessage.selectedButtonText`,
        `${DATA}.templateButtonReplyMessage.selectedDisplayText`,
        `${DATA}.listResponseMessage.title`,
        `${DATA}.pollMessageData.name`,
      ],
    },
  ],
  types: ['typeWebhook'],
};

/** GREEN-API (WhatsApp Web). `instanceData.wid` is our own number. */
export const greenApi = sender({
  name: 'green-api',
  match: all(like('typeWebhook', /^[a-z]+[A-Z]\w*$/, 'the name of an event'), has('instanceData')),
  groups: [
    {
      rules: [
        {
          when: all(is('typeWebhook', 'incomingMessageReceived'), is(`${DATA}.typeMessage`, 'editedMessage')),
          contactId: [{ at: 'senderData.sender', as: jid }, ...CHAT],
          ...WRITTEN,
          messageId: [`${DATA}.editedMessageData.stanzaId`, 'idMessage'],
          direction: 'inbound',
          edited: true,
        },
        {
          when: is('typeWebhook', 'incomingMessageReceived'),
          contactId: [{ at: 'senderData.sender', as: jid }, ...CHAT],
          ...WRITTEN,
          messageId: ['idMessage'],
          direction: 'inbound',
        },
        {
          when: like('typeWebhook', /^outgoing(?:API)?MessageReceived$/, 'outgoingMessageReceived'),
          contactId: CHAT,
          ...WRITTEN,
          messageId: ['idMessage'],
          direction: 'outbound',
        },
        {
          when: is('typeWebhook', 'outgoingMessageStatus'),
          contactId: [{ at: 'chatId', as: jid }],
          messageId: ['idMessage'],
          type: 'status',
          direction: 'outbound',
          notice: {
            when: is('status', 'failed', 'noAccount', 'notInGroup', 'yellowCard'),
            status: 'status',
            reason: ['description'],
          },
        },
        {
          when: is('typeWebhook', 'incomingCall'),
          contactId: [{ at: 'from', as: jid }],
          messageId: ['idMessage'],
          type: 'call',
          direction: 'inbound',
        },
        { types: ['typeWebhook'] },
      ],
    },
  ],
});
