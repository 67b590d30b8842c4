import { htmlText } from '../../../dialects/addresses.js';
import { at, idAt, recipients, textAt } from './fields.js';
import { messagingApi, type MessagingApi } from './messaging-api.js';

const HOST = /^api(?:\.(?:eu|au))?\.intercom\.io$/;
const SAYS = { code: ['errors.0.code'], reason: ['errors.0.message'] };

const intercomApi = (path: RegExp, sent: MessagingApi['sent'], ids: readonly string[]): MessagingApi => ({
  name: 'intercom',
  host: HOST,
  path,
  sent,
  accepted: (answer) => ({ ids: [idAt(answer, ...ids)] }),
  ...SAYS,
});

/** A reply to a conversation. A note is for the team, a reply of type `user` is in the contact's name. */
export const intercomReplies = messagingApi(
  intercomApi(
    /^\/conversations\/[^/]+\/(?:reply|parts)$/,
    ({ fields, path }) => {
      const kind = textAt(fields, 'message_type');
      if ((kind !== 'comment' && kind !== 'quick_reply') || textAt(fields, 'type') !== 'admin') return undefined;
      return { text: htmlText(at(fields, 'body')), channel: 'intercom', to: path.split('/')[2] };
    },
    ['conversation_parts.conversation_parts.-1.id'],
  ),
);

/** A message that begins a conversation, in the application or as a mail. */
export const intercomMessages = messagingApi(
  intercomApi(
    /^\/messages$/,
    ({ fields }) => {
      if (textAt(fields, 'from.type') !== 'admin') return undefined;
      const mail = textAt(fields, 'message_type') === 'email';
      return {
        text: (mail ? textAt(fields, 'subject') : undefined) ?? htmlText(at(fields, 'body')),
        channel: mail ? 'email' : 'intercom',
        to: recipients(at(fields, 'to'), (one) => idAt(one, 'id', 'email')),
      };
    },
    ['id'],
  ),
);
