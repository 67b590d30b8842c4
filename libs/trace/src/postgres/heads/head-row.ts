import { knownCost, knownTokens } from '../../catalog/tables/trace-row.js';
import type { TraceHead } from '../../model/trace.js';
import { docOf, headOfColumns, type HeadColumns } from '../../shared/head-doc.js';
import type { NamedUse, ShippedTrace } from '../../shared/ship-target.js';
import { pgText } from '../connection/pg-text.js';

/** Columns that `HeadRow` has, for a SELECT from `heads h`. `instance` is not among them: it needs `sources`. */
export const HEAD_COLUMNS =
  'h.key, h.started_us, h.source, h.version, h.trace_id, h.contact_id, h.status, h.last_us, h.ended_us, h.errors, ' +
  'h.message_id, h.tags, h.search, h.pinned, h.doc, h.uses';

/** A row of `heads`. */
export interface HeadRow extends HeadColumns {
  source: number;
  version: number;
  tags: string[];
  search: string;
  pinned: boolean;
  /** `NamedUse[]` as JSON. */
  uses: string;
  /** Of the source. Left out: not asked for. */
  instance?: string;
}

/** Columns that `headValues` has values for, in their order. `pinned` keeps its default, or what a user set. */
export const INSERTED_COLUMNS = [
  'key',
  'started_us',
  'source',
  'version',
  'trace_id',
  'contact_id',
  'status',
  'last_us',
  'ended_us',
  'errors',
  'message_id',
  'tags',
  'search',
  'cost_nano',
  'tokens',
  'doc',
  'uses',
] as const;

/** Characters of an id. A row of an index has 2,704 bytes at most, and journals of other programs have any ids. */
const MAX_ID = 700;

/** Values of a row, in the order of `INSERTED_COLUMNS`. */
export function headValues({ head, version, tags, search, uses }: ShippedTrace, source: number): unknown[] {
  const { key, startedAt, traceId, contactId, status, lastAt, endedAt, errors, messageId } = head;
  return [
    pgText(key),
    startedAt,
    source,
    version,
    pgText(traceId.slice(0, MAX_ID)),
    pgText(contactId.slice(0, MAX_ID)),
    status,
    lastAt,
    endedAt,
    errors,
    messageId === null ? null : pgText(messageId.slice(0, MAX_ID)),
    tags.map(pgText),
    pgText(search),
    whole(knownCost(head.usage)),
    whole(knownTokens(head.usage)),
    docOf(head),
    JSON.stringify(uses),
  ];
}

/** Sums of prices may have a fraction. */
function whole(sum: number | null): number | null {
  return sum === null ? null : Math.round(sum);
}

/** The head of a row. Status and end are the columns', which maintenance may have changed. */
export function headOf(row: HeadRow): TraceHead {
  return {
    ...headOfColumns(row),
    ...(row.pinned && { pinned: true as const }),
    ...(row.instance !== undefined && { instance: row.instance }),
  };
}

/** The whole row, as the shipper folds further records into it. */
export function shippedTraceOf(row: HeadRow): ShippedTrace {
  return {
    head: headOf({ ...row, pinned: false, instance: undefined }),
    version: row.version,
    tags: row.tags,
    search: row.search,
    uses: JSON.parse(row.uses) as NamedUse[],
  };
}
