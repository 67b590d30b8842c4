import type { Dialect } from './dialect.js';
import { at, compact, firstAt, header, idOf, textOf } from './fields.js';

/** Stripe: an event about an object; whom it concerns is the object's customer, or the customer itself. */
export const stripe: Dialect = {
  name: 'stripe',
  match: ({ headers, body }) =>
    header(headers, 'stripe-signature') !== undefined ||
    (at(body, 'object') === 'event' &&
      typeof at(body, 'type') === 'string' &&
      String(at(body, 'id')).startsWith('evt_')),
  extract({ body }) {
    const object = at(body, 'data', 'object');
    const itself = at(object, 'object') === 'customer' ? idOf(at(object, 'id')) : undefined;
    return [
      compact({
        contactId:
          itself ??
          firstAt(
            object,
            [['customer'], ['customer', 'id'], ['client_reference_id'], ['customer_email'], ['receipt_email']],
            idOf,
          ),
        message: firstAt(object, [['description'], ['last_payment_error', 'message'], ['failure_message']], textOf),
        messageId: idOf(at(body, 'id')),
        type: textOf(at(body, 'type')),
        direction: 'inbound' as const,
      }),
    ];
  },
};
