import { ValidateBy } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/exchange.js';
import { quote } from './query-reader.js';

const MAX_CONTACT_LENGTH = 512;
const CONTACT_HELP = `a contact's id: 1 to ${MAX_CONTACT_LENGTH} characters, none of them a control character`;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Contacts are named by other systems: phone numbers, addresses, anything that is text. */
export function isContact(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_CONTACT_LENGTH && !CONTROL.test(value);
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
