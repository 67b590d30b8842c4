import { decodeSums, encodeSums } from '../../catalog/tables/rollups/rollup-text.js';
import { knownCost, knownTokens } from '../../catalog/tables/trace-row.js';
import type { TraceHead, UsageSums } from '../../model/trace.js';
import { docOf, headOfColumns, type HeadColumns } from '../../shared/head-doc.js';
import type { NamedUse, ShippedTrace } from '../../shared/ship-target.js';
import { cleanText } from '../connection/clean-text.js';
import { editionOf } from './edition.js';

/** Columns of a head, for a SELECT from `heads`. */
export const HEAD_COLUMNS =
  'key, started_us, source, version, edition, trace_id, contact_id, status, last_us, ended_us, errors, message_id, doc';

/** A row of `heads`, as `HEAD_COLUMNS` reads it. */
export interface HeadRow extends HeadColumns {
  source: string;
  version: number;
  edition: number;
  /** Empty where the trace has none. */
  message_id: string;
}

/** Further columns that the shipper folds records into. */
export const FOLDED_COLUMNS = 'tags, search, use_kind, use_name, use_n, use_errors, use_us, use_took';

/** A row with `FOLDED_COLUMNS`. */
export interface FoldedRow extends HeadRow {
  tags: string[];
  search: string;
  use_kind: NamedUse['kind'][];
  use_name: string[];
  use_n: number[];
  use_errors: number[];
  use_us: number[];
  use_took: number[][];
}

/** The row of a trace. */
export function rowOf(trace: ShippedTrace, source: string): object {
  const { head, version, tags, search, uses } = trace;
  const { key, startedAt, traceId, contactId, status, lastAt, endedAt, errors, messageId } = head;
  return {
    key,
    started_us: startedAt,
    source,
    version,
    edition: editionOf(trace),
    trace_id: cleanText(traceId),
    contact_id: cleanText(contactId),
    status,
    last_us: lastAt,
    ended_us: endedAt,
    errors,
    message_id: cleanText(messageId ?? ''),
    tags: tags.map(cleanText),
    search: cleanText(search),
    cost_nano: knownCost(head.usage),
    tokens: knownTokens(head.usage),
    doc: docOf(head),
    use_kind: uses.map(({ kind }) => kind),
    use_name: uses.map(({ name }) => cleanText(name)),
    use_n: uses.map(({ n }) => n),
    use_errors: uses.map((use) => use.errors),
    use_us: uses.map(({ us }) => us),
    use_took: uses.map(({ took }) => took),
    usage: head.usage ? encodeSums(head.usage) : [],
    ...spentOf(trace),
  };
}

/** Sums over the model calls of the models and agents that the trace has as uses. */
function spentOf({ head, uses }: ShippedTrace): object {
  const used = new Set(uses.map(({ kind, name }) => `${kind}:${name}`));
  const spent = (['model', 'agent'] as const).flatMap((kind) =>
    Object.entries(head.usage?.[`${kind}s`] ?? {})
      .filter(([name]) => used.has(`${kind}:${name}`))
      .map(([name, sums]) => ({ kind, name, sums })),
  );
  return {
    spent_kind: spent.map(({ kind }) => kind),
    spent_name: spent.map(({ name }) => cleanText(name)),
    spent_sums: spent.map(({ sums }) => encodeSums(sums)),
  };
}

/** Sums from their numbers; `undefined` for none. */
export function sumsOf(values: readonly number[]): UsageSums | undefined {
  return values.length === 0 ? undefined : decodeSums(values);
}

/** The head of a row. */
export function headOf(row: HeadRow): TraceHead {
  return headOfColumns({ ...row, message_id: row.message_id === '' ? null : row.message_id });
}

/** The whole row, as the shipper folds further records into it. */
export function shippedTraceOf(row: FoldedRow): ShippedTrace {
  return {
    head: headOf(row),
    version: row.version,
    tags: row.tags,
    search: row.search,
    uses: row.use_kind.map((kind, i) => ({
      kind,
      name: row.use_name[i]!,
      n: row.use_n[i]!,
      errors: row.use_errors[i]!,
      us: row.use_us[i]!,
      took: row.use_took[i]!,
    })),
  };
}
