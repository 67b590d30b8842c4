import { ValidateBy } from 'class-validator';
import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/exchange.js';
import { quote } from './query-reader.js';

const CONTACT_HELP = "a contact's id, which is not blank";

/** Contacts are named by other systems: phone numbers, addresses, anything that capture records. */
export function isContact(value: unknown): value is string {
  return typeof value === 'string' && contactIdOf(value) !== undefined;
}

/** A query parameter that holds a contact's id. */
export function IsContact(): PropertyDecorator {
  return ValidateBy({ name: 'isContact', validator: { validate: isContact, defaultMessage: () => CONTACT_HELP } });
}

/** The `:contact` of a route, decoded. Throws `BAD_QUERY`. */
export function contactOf(request: DebugRequest): string {
  const { contact } = request.params as { contact?: unknown };
  if (isContact(contact)) return contact;
  throw new TraceCollectorError('BAD_QUERY', `The contact ${quote(String(contact))} cannot be; give ${CONTACT_HELP}.`);
}
