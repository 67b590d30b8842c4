import type { TraceStatus } from '../model/status.js';
import type { TraceHead } from '../model/trace.js';

/** Members of a head that have a column of their own in a database. */
type InColumns =
  'key' | 'startedAt' | 'traceId' | 'contactId' | 'status' | 'lastAt' | 'endedAt' | 'errors' | 'messageId';

/** What a head has beside the columns. */
type HeadDoc = Omit<TraceHead, InColumns | 'pinned' | 'instance'>;

/** Columns of a head that all databases have. */
export interface HeadColumns {
  key: string;
  started_us: number;
  trace_id: string;
  contact_id: string;
  status: TraceStatus;
  last_us: number;
  ended_us: number | null;
  errors: number;
  message_id: string | null;
  /** The rest of the head as JSON. */
  doc: string;
}

/** The column `doc` of a head. The store adds `pinned` and `instance`: no record has them. */
export function docOf(head: TraceHead): string {
  const { key: _key, startedAt: _start, traceId: _id, contactId: _contact, status: _status, ...rest } = head;
  const { lastAt: _last, endedAt: _end, errors: _errors, messageId: _message, ...more } = rest;
  const { pinned: _pinned, instance: _instance, ...doc } = more;
  return JSON.stringify(doc satisfies HeadDoc);
}

/** The head of a row. */
export function headOfColumns(row: HeadColumns): TraceHead {
  return {
    ...(JSON.parse(row.doc) as HeadDoc),
    key: row.key,
    startedAt: row.started_us,
    traceId: row.trace_id,
    contactId: row.contact_id,
    status: row.status,
    lastAt: row.last_us,
    endedAt: row.ended_us,
    errors: row.errors,
    messageId: row.message_id,
  };
}
