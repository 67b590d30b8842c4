import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogDb } from '../db/catalog-db.js';
import { IndexTransaction } from './index-transaction.js';

let dir: string;
let ledgers: [IndexTransaction, IndexTransaction];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  const open = (): IndexTransaction => new IndexTransaction(new CatalogDb(join(dir, 'catalog.db')));
  ledgers = [open(), open()];
});
afterEach(() => {
  for (const { db } of ledgers) db.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Counts a trace in, as the indexer does. */
function count(ledger: IndexTransaction, at: number): void {
  ledger.db.write(() => {
    ledger.rollups.add({ startedAt: at, endedAt: at + 5, status: 'completed', terms: new Map() }, 1);
    ledger.partitions.enter(at);
    ledger.textFilters.enter(at);
    ledger.textFilters.note(at, `text of ${at}`);
  });
}

function counted({ rollups, partitions, db }: IndexTransaction): number[] {
  db.write(() => undefined);
  const slices = partitions.newestFirst(0, 1_000);
  return [rollups.read([{ level: 2, from: 0, to: 1 }]).traces, slices.reduce((sum, { n }) => sum + n, 0)];
}

test('two processes write into one account, each over what the other has written', () => {
  for (let at = 1; at <= 10; at += 1) count(ledgers[at % 2]!, at);
  for (const ledger of ledgers) expect(counted(ledger)).toEqual([10, 10]);
  const stretches = [...ledgers[0].textFilters.mayHave('text of 7', 0, 1_000)];
  expect(stretches).toHaveLength(1);
});

test('what was not committed is not counted', () => {
  const [ledger] = ledgers;
  count(ledger, 1);
  expect(() =>
    ledger.db.write(() => {
      ledger.rollups.add({ startedAt: 2, endedAt: 2, status: 'error', terms: new Map() }, 1);
      ledger.partitions.enter(2);
      ledger.terms.number('tool', 'calendar');
      throw new Error('full');
    }),
  ).toThrow('full');
  count(ledger, 3);
  expect(counted(ledger)).toEqual([2, 2]);
  expect(ledger.terms.find('tool', 'calendar')).toBeUndefined();
});
