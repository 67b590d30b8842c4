import type { TraceStatus } from '../../model/status.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { usageShare } from '../tables/rollups/usage-share.js';
import { decodeTerms } from '../tables/trace-terms.js';
import { repliesOf, usageOf } from '../tables/trace-row.js';
import { lookupKeyOfId } from '../tables/trace-lookup.js';

interface DeletedRow {
  key: string;
  status: TraceStatus;
  started_us: number;
  ended_us: number | null;
  trace_id: string;
  partition: number;
  terms: string;
  lookup_keys: string;
  calls: string | null;
  counts: string;
}

/** Deleted traces that have one term. */
interface DeletedUses {
  from: number;
  to: number;
  keys: string[];
}

/** Deletes traces from the catalog: their rows, and their share of the sums. */
export function deleteTraces(tx: IndexTransaction, ids: Iterable<number>): void {
  for (const [first, last] of idRanges(ids)) {
    const uses = new Map<number, DeletedUses>();
    for (const row of tx.db.all<DeletedRow>('tracesToDelete', first, last)) subtract(tx, row, uses);
    deleteTraceTerms(tx.db, uses);
    tx.db.run('deleteExtents', first, last);
    tx.db.run('deleteTraces', first, last);
  }
}

/** Ids in one range: this many rows are in memory at once. */
const MAX_RANGE = 256;

/** Sorts ids and yields ranges without gaps, as first and last id. */
export function* idRanges(ids: Iterable<number>): Generator<[first: number, last: number]> {
  const sorted = Float64Array.from(ids).sort();
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at]!;
    let last = first;
    while (sorted[++at]! - last <= 1 && at < sorted.length && last - first < MAX_RANGE) last = sorted[at]!;
    yield [first, last];
  }
}

function subtract(
  { db, rollups, partitions, textFilters, terms: names }: IndexTransaction,
  row: DeletedRow,
  uses: Map<number, DeletedUses>,
): void {
  const { key, status, started_us: startedAt, ended_us: endedAt, partition } = row;
  const terms = decodeTerms(row.terms);
  const usage = usageShare(usageOf(row.calls), terms, names);
  if (endedAt !== null) {
    rollups.add({ startedAt, endedAt, status, terms, replies: repliesOf(row.counts), usage }, -1);
  }
  for (const term of terms.keys()) {
    const of = uses.get(term);
    if (of) {
      of.from = Math.min(of.from, startedAt);
      of.to = Math.max(of.to, startedAt);
      of.keys.push(key);
    } else uses.set(term, { from: startedAt, to: startedAt, keys: [key] });
  }
  for (const lookupKey of [lookupKeyOfId(row.trace_id), ...(JSON.parse(row.lookup_keys) as number[])]) {
    db.run('deleteLookup', partition, lookupKey, key);
  }
  partitions.leave(startedAt);
  textFilters.leave(startedAt);
}

/** The rows of one term lie in the order of time: one walk over neighbours instead of a search for each trace. */
function deleteTraceTerms(db: CatalogDb, uses: Map<number, DeletedUses>): void {
  for (const [term, { from, to, keys }] of uses) {
    if (keys.length === 1) db.run('deleteTraceTerm', term, from, keys[0]!);
    else db.run('deleteTraceTermsBetween', term, from, to, JSON.stringify(keys));
  }
}
