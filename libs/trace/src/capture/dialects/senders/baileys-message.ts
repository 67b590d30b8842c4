import type { MediaRule } from '../sender.js';

/** The kinds of a WhatsApp Web message, as libraries for it (Baileys) write them: each an object under its own name. */
export function baileysMedia(at: string): readonly MediaRule[] {
  const inner = (name: string): string => `${at}.${name}`;
  return [
    { at: inner('audioMessage.ptt'), kind: 'voice', caption: [] },
    { at: inner('audioMessage'), kind: 'audio', caption: [] },
    { at: inner('imageMessage'), kind: 'image', caption: [inner('imageMessage.caption')] },
    { at: inner('videoMessage'), kind: 'video', caption: [inner('videoMessage.caption')] },
    {
      at: inner('documentMessage'),
      kind: 'document',
      name: [inner('documentMessage.fileName'), inner('documentMessage.title')],
      caption: [inner('documentMessage.caption')],
    },
    {
      at: inner('documentWithCaptionMessage'),
      kind: 'document',
      name: [inner('documentWithCaptionMessage.message.documentMessage.fileName')],
      caption: [inner('documentWithCaptionMessage.message.documentMessage.caption')],
    },
    { at: inner('stickerMessage'), kind: 'sticker', caption: [] },
    { at: inner('locationMessage'), kind: 'location', caption: [inner('locationMessage.name')] },
    { at: inner('contactMessage'), kind: 'contacts', caption: [inner('contactMessage.displayName')] },
    { at: inner('contactsArrayMessage'), kind: 'contacts', caption: [inner('contactsArrayMessage.displayName')] },
    { at: inner('reactionMessage.text'), kind: 'reaction', caption: [inner('reactionMessage.text')] },
    {
      at: inner('buttonsResponseMessage'),
      kind: 'button',
      caption: [inner('buttonsResponseMessage.selectedDisplayText'), inner('buttonsResponseMessage.selectedButtonId')],
    },
    {
      at: inner('templateButtonReplyMessage'),
      kind: 'button',
      caption: [inner('templateButtonReplyMessage.selectedDisplayText')],
    },
    { at: inner('listResponseMessage'), kind: 'list', caption: [inner('listResponseMessage.title')] },
    { at: inner('pollCreationMessage'), kind: 'poll', caption: [inner('pollCreationMessage.name')] },
  ];
}

export function baileysText(at: string): string[] {
  return [
    `${at}.conversation`,
    `${at}.extendedTextMessage.text`,
    `${at}.ephemeralMessage.message.extendedTextMessage.text`,
    `${at}.ephemeralMessage.message.conversation`,
  ];
}
