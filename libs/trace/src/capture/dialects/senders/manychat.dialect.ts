import { all, any, has, hasAll, hasAny, like } from '../checks.js';
import { sender } from '../sender.js';

/** ManyChat: the full data of a contact, as an external request sends it. */
export const manychat = sender({
  name: 'manychat',
  match: any(
    like('live_chat_url', /manychat\.com/i, 'an address of ManyChat'),
    all(has('subscriber_id'), hasAny('last_input_text', 'custom_fields', 'page_id')),
    all(hasAll('id', 'page_id'), hasAny('last_input_text', 'live_chat_url', 'optin_phone')),
  ),
  groups: [
    {
      rules: [
        {
          contactId: ['subscriber_id', 'id', 'contact_id', 'whatsapp_phone', 'phone'],
          message: ['last_input_text', 'message', 'text'],
          messageId: ['message_id'],
          type: 'contact',
          direction: 'inbound',
        },
      ],
    },
  ],
});
