import type { TraceStatus } from '../../model/status.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { IndexTransaction } from './index-transaction.js';
import { decodeTerms } from '../tables/trace-terms.js';
import { lookupKeyOfId } from '../tables/trace-lookup.js';

interface Doomed {
  key: string;
  status: TraceStatus;
  started_us: number;
  ended_us: number | null;
  trace_id: string;
  epoch: number;
  tags: string;
  names: string;
}

/** Of one label in one stretch of ids. */
interface DoomedTags {
  from: number;
  to: number;
  keys: string[];
}

/** Takes traces out of the catalog: their rows, and their share of the sums. */
export function deleteTraces(ledger: IndexTransaction, ids: Iterable<number>): void {
  for (const [first, last] of stretches(ids)) {
    const rows = ledger.db.all<Doomed>('tracesToDelete', first, last);
    const tags = new Map<number, DoomedTags>();
    for (const row of rows) takeOut(ledger, row, tags);
    deleteTags(ledger.db, tags);
    ledger.db.run('deleteExtents', first, last);
    ledger.db.run('deleteTraces', first, last);
  }
}

/** So many rows are in memory at once. */
const MAX_STRETCH = 256;

/** Numbers without a gap between them, a few hundred at most, as first and last, in their order. */
export function* stretches(numbers: Iterable<number>): Generator<[first: number, last: number]> {
  const sorted = Float64Array.from(numbers).sort();
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at]!;
    let last = first;
    while (sorted[++at]! - last <= 1 && at < sorted.length && last - first < MAX_STRETCH) last = sorted[at]!;
    yield [first, last];
  }
}

function takeOut(
  { db, rollups, epochs, blocks }: IndexTransaction,
  row: Doomed,
  doomed: Map<number, DoomedTags>,
): void {
  const { key, status, started_us: startedAt, ended_us: endedAt, epoch } = row;
  const tags = decodeTerms(row.tags);
  if (endedAt !== null) rollups.add({ startedAt, endedAt, status, tags }, -1);
  for (const label of tags.keys()) {
    const of = doomed.get(label);
    if (of) {
      of.from = Math.min(of.from, startedAt);
      of.to = Math.max(of.to, startedAt);
      of.keys.push(key);
    } else doomed.set(label, { from: startedAt, to: startedAt, keys: [key] });
  }
  for (const name of [lookupKeyOfId(row.trace_id), ...(JSON.parse(row.names) as number[])]) {
    db.run('deleteName', epoch, name, key);
  }
  epochs.leave(startedAt);
  blocks.leave(startedAt);
}

/** Tags lie in the order of time: those of one label are a walk over neighbours, not a search for each. */
function deleteTags(db: CatalogDb, tags: Map<number, DoomedTags>): void {
  for (const [label, { from, to, keys }] of tags) {
    if (keys.length === 1) db.run('deleteTag', label, from, keys[0]!);
    else db.run('deleteTagsBetween', label, from, to, JSON.stringify(keys));
  }
}
