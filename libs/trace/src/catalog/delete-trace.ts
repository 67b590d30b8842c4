import type { TraceStatus } from '../model/status.js';
import type { Ledger } from './ledger.js';
import { decodeTags } from './tags.js';
import { nameOfId } from './trace-names.js';

interface Doomed {
  status: TraceStatus;
  started_us: number;
  last_us: number;
  ended_us: number | null;
  trace_id: string;
  epoch: number;
  tags: string;
  names: string;
}

/** Takes a trace out of the catalog: its rows, and its share of the sums. */
export function deleteTrace({ db, rollups, epochs, blocks }: Ledger, id: number, key: string): void {
  const row = db.get<Doomed>('traceToDelete', id);
  if (!row) return;
  const { status, started_us: startedAt, last_us: lastAt, epoch } = row;
  const tags = decodeTags(row.tags);
  if (status !== 'active') rollups.add({ startedAt, lastAt, status, tags }, -1);
  for (const label of tags.keys()) db.run('deleteTag', label, startedAt, key);
  for (const name of [nameOfId(row.trace_id), ...(JSON.parse(row.names) as number[])]) {
    db.run('deleteName', epoch, name, key);
  }
  db.run('deleteExtents', id);
  db.run('deleteTrace', id);
  epochs.leave(startedAt);
  blocks.leave(startedAt);
}
