import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogDb } from '../db/catalog-db.js';
import { IndexTransaction } from './index-transaction.js';

let dir: string;
let transactions: [IndexTransaction, IndexTransaction];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'transaction-'));
  const open = (): IndexTransaction => new IndexTransaction(new CatalogDb(join(dir, 'catalog.db')));
  transactions = [open(), open()];
});
afterEach(() => {
  for (const { db } of transactions) db.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Counts a trace, as the indexer does. */
function count(tx: IndexTransaction, at: number): void {
  tx.db.write(() => {
    tx.rollups.add({ startedAt: at, endedAt: at + 5, status: 'completed', terms: new Map() }, 1);
    tx.partitions.enter(at);
    tx.textFilters.enter(at);
    tx.textFilters.note(at, `text of ${at}`);
  });
}

function counted({ rollups, partitions, db }: IndexTransaction): number[] {
  db.write(() => undefined);
  const slices = partitions.newestFirst(0, 1_000);
  return [rollups.read([{ level: 2, from: 0, to: 1 }]).traces, slices.reduce((sum, { n }) => sum + n, 0)];
}

test('two processes add to the same sums in turn, and neither overwrites the other', () => {
  for (let at = 1; at <= 10; at += 1) count(transactions[at % 2]!, at);
  for (const tx of transactions) expect(counted(tx)).toEqual([10, 10]);
  const ranges = [...transactions[0].textFilters.mayHave('text of 7', 0, 1_000)];
  expect(ranges).toHaveLength(1);
});

test('a transaction that is rolled back is not counted', () => {
  const [tx] = transactions;
  count(tx, 1);
  expect(() =>
    tx.db.write(() => {
      tx.rollups.add({ startedAt: 2, endedAt: 2, status: 'error', terms: new Map() }, 1);
      tx.partitions.enter(2);
      tx.terms.number('tool', 'calendar');
      throw new Error('full');
    }),
  ).toThrow('full');
  count(tx, 3);
  expect(counted(tx)).toEqual([2, 2]);
  expect(tx.terms.find('tool', 'calendar')).toBeUndefined();
});
