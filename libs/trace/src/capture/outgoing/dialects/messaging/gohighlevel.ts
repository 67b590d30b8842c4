import { htmlText } from '../../../dialects/addresses.js';
import { mediaOfUrl, mediaText } from '../../../dialects/media.js';
import { at, idAt, textAt } from './fields.js';
import { messagingApi, type Sending } from './messaging-api.js';

const CHANNELS: Readonly<Record<string, string>> = {
  sms: 'sms',
  rcs: 'rcs',
  email: 'email',
  whatsapp: 'whatsapp',
  ig: 'instagram',
  fb: 'messenger',
  gmb: 'google_business',
  live_chat: 'live_chat',
  webchat: 'live_chat',
  custom: 'custom',
};

/** HighLevel's conversations. An internal comment is for the team. */
export const gohighlevel = messagingApi({
  name: 'gohighlevel',
  host: /(?:^|\.)(?:leadconnectorhq|gohighlevel)\.com$/,
  path: /^\/(?:v1\/)?conversations\/messages\/?$/,
  sent: ({ fields }): Sending | undefined => {
    const type = textAt(fields, 'type')?.toLowerCase();
    if (type === undefined || type === 'internalcomment') return undefined;
    const channel = Object.hasOwn(CHANNELS, type) ? CHANNELS[type] : type;
    return { text: messageText(fields, channel), channel, to: idAt(fields, 'contactId', 'emailTo', 'toNumber') };
  },
  accepted: (answer) => ({ ids: [idAt(answer, 'messageId', 'messageIds.0', 'emailMessageId', 'msgId')] }),
  code: ['error', 'statusCode'],
  reason: ['message', 'msg', 'error'],
});

function messageText(fields: unknown, channel: string | undefined): string | undefined {
  const subject = channel === 'email' ? textAt(fields, 'subject') : undefined;
  const text = subject ?? textAt(fields, 'message') ?? htmlText(at(fields, 'html'));
  const file = at(fields, 'attachments.0');
  return (
    text ?? (typeof file === 'string' ? mediaText(mediaOfUrl(file) ?? 'attachment', undefined, undefined) : undefined)
  );
}
