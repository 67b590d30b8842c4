import * as fc from 'fast-check';
import { CatalogDb } from '../../db/catalog-db.js';
import { IndexedTrace } from '../../indexer/indexed-trace.js';
import { IndexTransaction } from '../index-transaction.js';
import { listTraces, traceById } from '../../queries/trace-lists.js';
import { TimePartitions } from './time-partitions.js';

const EPOCHS = { all: 'partitions', put: 'putPartition', remove: 'deletePartition' } as const;

test('every trace is in one partition of its time, for any order of additions and deletions', () => {
  const steps = fc.array(fc.record({ at: fc.integer({ min: 1, max: 60 }), forgets: fc.boolean(), leaves: fc.nat() }), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const db = new CatalogDb(':memory:');
      const partitions = new TimePartitions(db, EPOCHS, () => 3);
      const inside: { at: number; partition: number }[] = [];
      for (const { at, forgets, leaves } of all) {
        inside.push({ at, partition: partitions.enter(at).number });
        if (leaves % 3 === 0) partitions.leave(inside.splice(leaves % inside.length, 1)[0]!.at);
        if (forgets) {
          partitions.flush();
          partitions.forget();
        }
      }
      const newest = partitions.newestFirst(0, 100);
      expect(newest.reduce((sum, { n }) => sum + n, 0)).toBe(inside.length);
      expect(newest.map(({ from_us: from }) => from)).toEqual(
        newest.map(({ from_us: from }) => from).sort((a, b) => b - a),
      );
      for (const { at, partition } of inside) {
        const found = partitions.of(at)!;
        expect(found.number).toBe(partition);
        expect(partitions.beginOf(found)).toBeLessThanOrEqual(at);
        expect(partitions.endOf(found)).toBeGreaterThan(at);
      }
      for (const [since, until] of [
        [10, 20],
        [0, 5],
        [30, 30],
      ] as const) {
        const numbers = partitions.newestFirst(since, until).map(({ number }) => number);
        for (const { at, partition } of inside) if (at >= since && at <= until) expect(numbers).toContain(partition);
      }
      db.close();
    }),
  );
});

describe('over several partitions', () => {
  const TRACES = 20_000;
  const CONTACTS = 7;
  const tx = new IndexTransaction(new CatalogDb(':memory:'));
  const contactOf = (n: number): string => `c${n % CONTACTS}`;

  beforeAll(() => {
    tx.db.write(() => {
      for (let n = 1; n <= TRACES; n += 1) {
        const key = `1-${n}`;
        const trace = IndexedTrace.load(tx, key);
        const id = `${contactOf(n)}_20240120_143022_${String(n).padStart(6, '0')}`;
        const contacts = n % 1_000 === 0 ? ['other'] : undefined;
        // The order is not exactly that of time, like records of several processes.
        const ts = 1_000 + n * 10 + (n % 3) * 50;
        trace.add({ kind: 'open', trace: key, id: `unknown_${n}`, traceparent: '', seq: n, ts }, 1, n * 100, 50);
        trace.add(
          { kind: 'identify', trace: key, id, contact: contactOf(n), contacts, message_id: `m${n}`, seq: n, ts },
          1,
          n * 100 + 50,
          50,
        );
        trace.save(tx);
      }
    });
  });
  afterAll(() => tx.db.close());

  function pages(filter: Parameters<typeof listTraces>[1], limit: number): string[] {
    const keys: string[] = [];
    for (let before: string | undefined; ;) {
      const page = listTraces(tx, filter, limit, before);
      keys.push(...page.heads.map(({ key }) => key));
      if (page.next === null) return keys;
      before = page.next;
    }
  }

  const newestFirst = (numbers: number[]): string[] =>
    numbers
      .map((n) => ({ key: `1-${n}`, at: n * 10 + (n % 3) * 50 }))
      .sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1))
      .map(({ key }) => key);
  const all = Array.from({ length: TRACES }, (_, i) => i + 1);

  test('there are several', () => {
    expect(tx.partitions.newestFirst(0, Number.MAX_SAFE_INTEGER).length).toBeGreaterThan(1);
  });

  test('a contact has all its traces, newest first', () => {
    expect(pages({ contactId: 'c3' }, 500)).toEqual(newestFirst(all.filter((n) => n % CONTACTS === 3)));
  });

  test('includes those of requests with several contacts', () => {
    expect(pages({ contactId: 'other' }, 3)).toEqual(newestFirst(all.filter((n) => n % 1_000 === 0)));
  });

  test('a text is found anywhere in a word', () => {
    expect(pages({ q: 'C5_2024' }, 500)).toEqual(newestFirst(all.filter((n) => n % CONTACTS === 5)));
    expect(pages({ q: '_000777' }, 10)).toEqual(['1-777']);
    expect(pages({ q: 'nothing like it' }, 10)).toEqual([]);
  });

  test('a message id and both ids lead to their trace', () => {
    expect(pages({ messageIds: ['m123'] }, 10)).toEqual(['1-123']);
    for (const n of [1, 9_999, TRACES]) {
      const id = `${contactOf(n)}_20240120_143022_${String(n).padStart(6, '0')}`;
      expect([traceById(tx, id)?.key, traceById(tx, `unknown_${n}`)?.key]).toEqual([`1-${n}`, `1-${n}`]);
    }
    expect(traceById(tx, 'unknown_0')).toBeUndefined();
  });
});
