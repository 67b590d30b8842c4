import { ValidateBy } from 'class-validator';
import { contactIdOf } from '../../model/contact-id.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/http-types.js';
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

/**
 * The contact of a route: its `:contact`, decoded, or its `contact_id` where the path has none.
 * @throws `BAD_QUERY`: no contact is given, two are, or it is blank
 */
export function contactOf(request: DebugRequest, contactId?: string): string {
  const { contact } = (request.params ?? {}) as { contact?: unknown };
  if (contact !== undefined && contactId !== undefined) {
    throw new TraceCollectorError(
      'BAD_QUERY',
      `The contact is given twice: in the path and as "contact_id"; give one.`,
    );
  }
  const given = contact ?? contactId;
  if (isContact(given)) return given;
  const what = given === undefined ? 'No contact is given' : `The contact ${quote(String(given))} cannot be`;
  throw new TraceCollectorError('BAD_QUERY', `${what}; give ${CONTACT_HELP}, in the path or as "contact_id".`);
}
