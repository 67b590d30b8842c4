import { all, any, is, isText, like } from '../checks.js';
import { own } from '../fields.js';
import { mediaKind } from '../media.js';
import { sender } from '../sender.js';

const PAYLOAD = 'data.payload';
const FROM = [`${PAYLOAD}.from.phone_number`, `${PAYLOAD}.from`];
const TO = [`${PAYLOAD}.to[0].phone_number`, `${PAYLOAD}.to`];
const TYPES = ['data.event_type'];

/** Telnyx: messages and calls. */
export const telnyx = sender({
  name: 'telnyx',
  match: all(is('data.record_type', 'event'), isText('data.event_type')),
  groups: [
    {
      rules: [
        {
          when: is(`${PAYLOAD}.direction`, 'inbound', 'incoming'),
          contactId: FROM,
          message: [`${PAYLOAD}.text`, `${PAYLOAD}.digits`, `${PAYLOAD}.transcription_data.transcript`],
          media: [
            {
              at: `${PAYLOAD}.media[0]`,
              kindOf: (part) => mediaKind(own(part, 'content_type')) ?? 'attachment',
            },
          ],
          messageId: [`${PAYLOAD}.id`, `${PAYLOAD}.call_session_id`, 'data.id'],
          types: TYPES,
          direction: 'inbound',
        },
        {
          when: any(
            is(`${PAYLOAD}.direction`, 'outbound', 'outgoing'),
            like('data.event_type', /^message\.(?:sent|finalized)$/, 'sent'),
          ),
          contactId: TO,
          messageId: [`${PAYLOAD}.id`, `${PAYLOAD}.call_session_id`, 'data.id'],
          types: TYPES,
          direction: 'outbound',
          notice: {
            when: like(`${PAYLOAD}.to[0].status`, /failed|undelivered|expired/, 'a failure'),
            status: `${PAYLOAD}.to[0].status`,
            code: [`${PAYLOAD}.errors[0].code`],
            reason: [`${PAYLOAD}.errors[0].title`, `${PAYLOAD}.errors[0].detail`],
          },
        },
        { messageId: ['data.id'], types: TYPES },
      ],
    },
  ],
});
