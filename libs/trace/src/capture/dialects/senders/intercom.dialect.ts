import { htmlText } from '../addresses.js';
import { all, is, isText, like } from '../checks.js';
import { sender, type Source } from '../sender.js';

const ITEM = 'data.item';

/** The conversation's contact; an `author` may be a teammate. */
const CONTACT: Source[] = [
  `${ITEM}.contacts.contacts[0].id`,
  `${ITEM}.contact.id`,
  `${ITEM}.user.id`,
  `${ITEM}.contacts[0].id`,
];

const TEXT: Source[] = [
  { at: `${ITEM}.conversation_parts.conversation_parts[-1].body`, as: htmlText },
  { at: `${ITEM}.source.body`, as: htmlText },
  { at: `${ITEM}.conversation_message.body`, as: htmlText },
];

const WRITTEN = {
  contactId: CONTACT,
  message: TEXT,
  messageId: [`${ITEM}.conversation_parts.conversation_parts[-1].id`, `${ITEM}.source.id`, 'id'],
  types: ['topic'],
};

/** Intercom: notifications. Texts are HTML. */
export const intercom = sender({
  name: 'intercom',
  match: all(is('type', 'notification_event'), isText('topic')),
  groups: [
    {
      rules: [
        {
          when: like('topic', /^conversation\.(?:user|contact)\.(?:created|replied)$/, 'written by a contact'),
          ...WRITTEN,
          direction: 'inbound',
        },
        {
          when: like(
            'topic',
            /^conversation\.admin\.(?:replied|noted|single\.created)$|^conversation\.operator\.replied$/,
            'written by a teammate',
          ),
          ...WRITTEN,
          direction: 'outbound',
        },
        {
          when: like('topic', /^(?:contact|user|visitor|lead)\./, 'about a contact'),
          contactId: [`${ITEM}.contact.id`, `${ITEM}.id`],
          messageId: ['id'],
          types: ['topic'],
        },
        { contactId: CONTACT, messageId: ['id'], types: ['topic'] },
      ],
    },
  ],
});
