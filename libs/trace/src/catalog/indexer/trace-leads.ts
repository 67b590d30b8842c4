import type { TraceRecord } from '../../model/record.js';
import { factsIn } from '../../model/vocabulary.js';

/** What a trace is found by beside its id and its contact: ids that it had before, further contacts, sent messages, its link. */
export type LeadKind = 'link' | 'old' | 'contact' | 'sent';

/** Characters of a message, and of an error, that text search covers. */
export const MAX_SEARCH = 2_000;
/** Sent messages of one trace whose ids are indexed: a campaign sends thousands from one trace. */
export const MAX_SENT = 100;

/** Takes what leads to a trace. */
export interface LeadSink {
  lead(kind: LeadKind, value: string): void;
  /** A text that a search covers. */
  search(text: string): void;
  /** The message of the trace, which a search covers to its limit. */
  message(text: string): void;
}

/** Gives the sink what a record adds. @param oldId id of the trace before the record */
export function noteLeads(record: TraceRecord, oldId: string, sink: LeadSink): void {
  const alsoOf = (contact: string): void => {
    sink.lead('contact', contact);
    sink.search(contact);
  };
  switch (record.kind) {
    case 'open':
      if (record.link !== undefined) sink.lead('link', record.link);
      return;
    case 'identify':
      // The provisional id is in logs only, and may be looked up from there.
      if (oldId !== record.id && oldId !== record.trace) sink.lead('old', oldId);
      for (const contact of record.contacts ?? []) if (contact !== record.contact) alsoOf(contact);
      if (record.alias !== undefined) alsoOf(record.alias);
      if (record.message) sink.message(record.message);
      return;
    case 'contact':
      if (record.before !== undefined) alsoOf(record.before);
      return;
    case 'event': {
      const id = factsIn(record).messageId;
      if (id !== undefined) sink.lead('sent', id);
      return;
    }
    case 'error':
      return sink.search(`${record.location}: ${record.type}: ${record.message}`);
    default:
  }
}
