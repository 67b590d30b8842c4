import type { Dialect } from './dialect.js';
import { at, compact, first, idOf, textOf } from './fields.js';

/** HighLevel (LeadConnector): app webhooks and workflow webhooks. */
export const gohighlevel: Dialect = {
  name: 'gohighlevel',
  match({ headers, body }) {
    if (headers['x-wh-signature'] !== undefined || headers['x-ghl-signature'] !== undefined) return true;
    return at(body, 'locationId') !== undefined || at(body, 'location', 'id') !== undefined;
  },
  extract({ body }) {
    const direction = at(body, 'direction');
    return [
      compact({
        contactId: first(
          [at(body, 'contactId'), at(body, 'contact_id'), at(body, 'contact', 'id'), at(body, 'phone')].map(idOf),
        ),
        message: first(
          [at(body, 'body'), at(body, 'message'), at(body, 'message', 'body'), at(body, 'messageBody')].map(textOf),
        ),
        messageId: idOf(at(body, 'messageId')),
        type: textOf(at(body, 'type')),
        direction: direction === 'inbound' || direction === 'outbound' ? direction : undefined,
      }),
    ];
  },
};
