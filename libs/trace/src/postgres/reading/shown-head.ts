import type { TraceHead } from '../../model/trace.js';
import { headOf, type HeadRow } from '../heads/head-row.js';
import { SILENT_AFTER } from '../heads/silent.js';

/** Begins a statement that uses `SHOWN_STATUS`, `SHOWN_END` or `SHOWN_COLUMNS`. The clock is the database's. */
export const WITH_LIVE = `WITH live AS MATERIALIZED (SELECT ARRAY(
  SELECT s.source FROM nestjs_traces.sources s WHERE s.seen_at >= now() - interval '${SILENT_AFTER}') AS sources)`;

/** The trace runs, as far as its row says, in a process that is taken for dead: maintenance has not written its end yet. */
const IS_SILENT = `(h.status = 'active' AND h.source <> ALL ((SELECT l.sources FROM live l)::int[]))`;

/** Status that readers see: a trace of a process that is taken for dead is interrupted. */
export const SHOWN_STATUS = `(CASE WHEN ${IS_SILENT} THEN 'interrupted' ELSE h.status END)`;

/** End that readers see. NULL: the trace runs. */
export const SHOWN_END = `(CASE WHEN ${IS_SILENT} THEN h.last_us ELSE h.ended_us END)`;

/** Columns of `heads h` that `shownHead` needs. */
export const SHOWN_COLUMNS = `h.key, h.started_us, h.source, h.trace_id, h.contact_id, ${SHOWN_STATUS} AS status, h.last_us,
  ${SHOWN_END} AS ended_us, h.errors, h.message_id, h.pinned, h.doc,
  (SELECT s.instance FROM nestjs_traces.sources s WHERE s.source = h.source) AS instance`;

/** A row with `SHOWN_COLUMNS`. */
export type ShownRow = Omit<HeadRow, 'version' | 'tags' | 'search' | 'uses' | 'instance'> & { instance: string | null };

/** The head of a row, as lists and single traces show it. */
export function shownHead({ instance, ...row }: ShownRow): TraceHead {
  return headOf({ ...(row as unknown as HeadRow), instance: instance ?? undefined });
}
