import { folded } from '../../model/text.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';

/** A store may keep no more of a message in the head. */
const HEAD_MESSAGE = 500;
/** So much of a message or an error is what a search for a text looks into. */
const MAX_TEXT = 2_000;

/** Texts of a trace that its head has, folded. */
export function headTexts({ message, contactId, contacts, traceId }: TraceHead): string[] {
  return [message ?? '', contactId, ...contacts, traceId].map(folded);
}

/** Whether a search for a text would look into more of this trace than its head has. */
export function hasMoreTexts({ errors, message }: TraceHead): boolean {
  return errors > 0 || (message?.length ?? 0) >= HEAD_MESSAGE;
}

/** What else a search for a text looks into, payloads aside: all of the message, errors. Folded. */
export function moreTexts({ records }: StoredTrace): string[] {
  const texts = records.flatMap((record) => {
    switch (record.kind) {
      case 'identify':
        return [record.message ?? ''];
      case 'error':
        return [`${record.location}: ${record.type}: ${record.message}`];
      default:
        return [];
    }
  });
  return texts.map((text) => folded(text.slice(0, MAX_TEXT)));
}
