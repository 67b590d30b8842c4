import { all, any, has, is, isText, like } from '../checks.js';
import { sender, type Rule } from '../sender.js';

const EVENT: Rule = {
  contactId: [
    'data.object.customer',
    'data.object.customer.id',
    'data.object.client_reference_id',
    'data.object.customer_email',
    'data.object.receipt_email',
  ],
  message: ['data.object.description', 'data.object.last_payment_error.message', 'data.object.failure_message'],
  messageId: ['id'],
  types: ['type'],
  direction: 'inbound',
};

/** Stripe: an event about an object; whom it concerns is the object's customer, or the customer itself. */
export const stripe = sender({
  name: 'stripe',
  match: any(
    has('header:stripe-signature'),
    all(is('object', 'event'), isText('type'), like('id', /^evt_/, "an event's id")),
  ),
  groups: [
    {
      rules: [{ ...EVENT, when: is('data.object.object', 'customer'), contactId: ['data.object.id'] }, EVENT],
    },
  ],
});
