import { all, any, has, hasAll, is, isText, like } from '../checks.js';
import { sender } from '../sender.js';

const WRITTEN = { messageId: ['messageId', 'eventId'], types: ['subscriptionType', 'eventType'] };

/** HubSpot: a list of subscription events, an action of a workflow, or a whole contact. */
export const hubspot = sender({
  name: 'hubspot',
  match: any(
    hasAll('[0].subscriptionType', '[0].portalId'),
    hasAll('subscriptionType', 'portalId'),
    hasAll('origin.portalId', 'object.objectId'),
    all(has('portal-id'), has('vid')),
  ),
  groups: [
    {
      items: '[]',
      rules: [
        {
          // Other objects (deals, companies, conversations) have ids of their own kind.
          when: any(
            like('subscriptionType', /^contact\./, 'about a contact'),
            all(isText('subscriptionType'), is('objectTypeId', '0-1')),
          ),
          contactId: ['primaryObjectId', 'objectId', 'fromObjectId'],
          ...WRITTEN,
        },
        { when: has('subscriptionType'), ...WRITTEN },
        {
          when: is('object.objectType', 'CONTACT'),
          contactId: ['object.objectId'],
          messageId: ['callbackId'],
          type: 'workflow_action',
        },
        { when: has('origin.portalId'), messageId: ['callbackId'], type: 'workflow_action' },
        { when: has('vid'), contactId: ['canonical-vid', 'vid'], type: 'contact' },
      ],
    },
  ],
});
