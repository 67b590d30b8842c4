import { InvalidArgumentError } from 'commander';
import { contactIdOf } from '../../../libs/trace/src/model/contact-id.js';

/** A contact id as capture records it. A blank one is a script's unset variable. */
export function parseContact(value: string): string {
  const contact = contactIdOf(value);
  if (contact === undefined) throw new InvalidArgumentError('It is empty.');
  return contact;
}
