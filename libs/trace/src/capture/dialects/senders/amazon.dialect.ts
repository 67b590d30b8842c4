import { email } from '../addresses.js';
import { all, any, has, hasAll, is, isText } from '../checks.js';
import { jsonOf, own } from '../fields.js';
import { sender } from '../sender.js';

/** Amazon SNS: an envelope. Another dialect reads the message inside. */
export const sns = sender({
  name: 'sns',
  match: any(
    all(is('Type', 'Notification'), isText('Message'), has('TopicArn')),
    all(is('Type', 'Notification'), isText('Message'), has('MessageId')),
    all(is('Type', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'), has('Token')),
  ),
  unwrap(request) {
    if (own(request.body, 'Type') !== 'Notification') return undefined;
    const body = jsonOf(own(request.body, 'Message'));
    return body === undefined ? undefined : { ...request, body };
  },
  groups: [
    {
      rules: [
        { when: is('Type', 'Notification'), message: ['Message'], messageId: ['MessageId'], type: 'Notification' },
        { messageId: ['MessageId'], types: ['Type'] },
      ],
    },
  ],
});

const BOUNCED = { messageId: ['mail.messageId'], type: 'status', direction: 'outbound' } as const;

/** Amazon SES: mail that came in, and what became of mail that went out. Mostly inside SNS. */
export const ses = sender({
  name: 'ses',
  match: all(any(isText('notificationType'), isText('eventType')), has('mail.messageId')),
  groups: [
    {
      rules: [
        {
          when: is('notificationType', 'Received'),
          contactId: [
            { at: 'mail.commonHeaders.from[0]', as: email },
            { at: 'mail.source', as: email },
          ],
          media: [{ at: 'mail.commonHeaders.subject', kind: 'email', caption: ['mail.commonHeaders.subject'] }],
          messageId: ['mail.commonHeaders.messageId', 'mail.messageId'],
          type: 'email',
          direction: 'inbound',
        },
        {
          when: has('bounce'),
          contactId: [{ at: 'bounce.bouncedRecipients[0].emailAddress', as: email }],
          ...BOUNCED,
          notice: {
            status: { at: 'bounce', as: () => 'bounced' },
            code: ['bounce.bouncedRecipients[0].status', 'bounce.bounceType'],
            reason: ['bounce.bouncedRecipients[0].diagnosticCode', 'bounce.bounceSubType'],
          },
        },
        {
          when: has('complaint'),
          contactId: [{ at: 'complaint.complainedRecipients[0].emailAddress', as: email }],
          ...BOUNCED,
          notice: {
            status: { at: 'complaint', as: () => 'complained' },
            reason: ['complaint.complaintFeedbackType'],
          },
        },
        { contactId: [{ at: 'mail.destination[0]', as: email }], ...BOUNCED },
      ],
    },
  ],
});

/** Two-way SMS of AWS End User Messaging. Inside SNS. */
export const awsSms = sender({
  name: 'aws-sms',
  match: hasAll('originationNumber', 'destinationNumber', 'messageBody'),
  groups: [
    {
      rules: [
        {
          contactId: ['originationNumber'],
          message: ['messageBody'],
          messageId: ['inboundMessageId'],
          type: 'message',
          direction: 'inbound',
        },
      ],
    },
  ],
});
