import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordEncoder } from '../journal/codec/codec.js';
import { segmentFile } from '../journal/codec/format.js';
import { JournalWriter } from '../journal/write/writer.js';
import type { RecordDraft } from '../model/record.js';
import { Catalog } from './catalog.js';
import { isExcludedRow } from './db/excluded-row.js';
import { hasText } from '../model/text.js';
import { openSqlite } from './db/sqlite/sqlite.js';
import { SQL } from './db/statements.js';

let dir: string;
let catalog: Catalog | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'catalog-'));
});
afterEach(() => {
  catalog?.close();
  catalog = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function opened(): Catalog {
  catalog = new Catalog({ dir });
  return catalog;
}

/** Appends a trace of three records. Returns its key. */
function write(writer: JournalWriter, n: number, end = true): string {
  const trace = `${writer.writer.number}-${n}`;
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id: `c_${n}`, traceparent: '', ts: n * 10 },
    { kind: 'identify', trace, id: `c_${n}`, contact: 'c', ts: n * 10 + 1 },
    ...(end ? [{ kind: 'end', trace, status: 'completed', ts: n * 10 + 2 } as const] : []),
  ];
  for (const draft of drafts) expect(writer.append(draft)).toBe(true);
  return trace;
}

test('a page is one walk of an index: nothing is sorted, and no table is scanned', () => {
  const catalogFile = join(dir, 'catalog.db');
  opened();
  const db = openSqlite(catalogFile, { readOnly: true });
  db.function('has_text', { deterministic: true, varargs: true }, hasText);
  db.function('is_excluded', { deterministic: true, varargs: true }, isExcludedRow);
  for (const name of [
    'listByTime',
    'listByContact',
    'listByStatus',
    'listByMessage',
    'listWithErrors',
    'listByTerm',
  ] as const) {
    const names = new Set(Array.from(SQL[name].matchAll(/:([a-zA-Z]+)/g), (match) => match[1]!));
    const nulls = Object.fromEntries(Array.from(names, (each) => [each, null]));
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${SQL[name]}`).all(nulls) as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join('\n');
    expect({ name, details }).toEqual({ name, details: expect.stringContaining('SEARCH') });
    expect({ name, sorts: details.includes('TEMP B-TREE'), scans: /SCAN (t|w)\b/.test(details) }).toEqual({
      name,
      sorts: false,
      scans: false,
    });
  }
  db.close();
});

test('indexing stops at its deadline and resumes there', () => {
  const writer = new JournalWriter({ dir });
  for (let n = 1; n <= 2_000; n += 1) write(writer, n);
  const one = opened();
  let calls = 0;
  let last = 0;
  for (let done = false; !done; calls += 1) {
    done = one.catchUp(1);
    expect(one.counts().total).toBeGreaterThanOrEqual(last);
    last = one.counts().total;
  }
  expect(calls).toBeGreaterThan(1);
  expect(one.counts()).toEqual({ total: 2_000, active: 0, errors: 0 });
  expect(one.state()).toMatchObject({ lag: 0, corrupt: 0, problems: [] });
  writer.close();
});

test('records of a wrong shape are counted, and the others are indexed', () => {
  const writer = new JournalWriter({ dir });
  write(writer, 1);
  const encoder = new RecordEncoder();
  const wrong = [
    { kind: 'identify', trace: '1-1', id: 'x', contact: 'c', contacts: 5, ts: 1 },
    { kind: 'open', trace: '1-7', ts: 1 },
    { kind: 'end', trace: '1-8', ts: 1 },
  ];
  for (const draft of wrong) {
    const length = encoder.encode(draft as unknown as RecordDraft, 50);
    appendFileSync(join(dir, 'journal', segmentFile(1)), encoder.buffer.subarray(0, length));
  }
  write(writer, 2);
  const one = opened();
  one.catchUp();
  expect(one.list({ status: 'completed' }, 10, undefined).heads.map(({ key }) => key)).toEqual(['1-2', '1-1']);
  expect(one.state().corrupt).toBeGreaterThan(0);
  writer.close();
});

test('dropped records are counted from the journal', () => {
  const writer = new JournalWriter({ dir });
  write(writer, 1);
  writer.append({ kind: 'gap', dropped: { ENOSPC: 2 }, ts: 1 });
  writer.append({ kind: 'gap', dropped: { ENOSPC: 3, EIO: 1 }, ts: 1 });
  const one = opened();
  one.catchUp();
  expect(one.state().dropped).toEqual({ ENOSPC: 5, EIO: 1 });
  writer.close();
});

test('queries are answered from the indexed traces while another process holds the lock', () => {
  const writer = new JournalWriter({ dir });
  write(writer, 1);
  const one = opened();
  one.catchUp();
  const other = openSqlite(join(dir, 'catalog.db'));
  other.exec('BEGIN IMMEDIATE');
  write(writer, 2);
  expect(one.catchUp(0)).toBe(false);
  expect(one.counts().total).toBe(1);
  expect(one.state().problems.join()).toContain('locked');
  other.exec('ROLLBACK');
  other.close();
  expect(one.catchUp()).toBe(true);
  expect(one.counts().total).toBe(2);
  expect(one.state().problems).toEqual([]);
  writer.close();
});

test('an interrupted trace that continues is active again', () => {
  const writer = new JournalWriter({ dir });
  const key = write(writer, 1, false);
  const one = opened();
  one.catchUp();
  const db = openSqlite(join(dir, 'catalog.db'));
  db.exec("UPDATE traces SET status = 'interrupted', ended_us = last_us");
  db.close();
  expect(one.heads([key])[0]?.status).toBe('interrupted');
  writer.append({ kind: 'event', trace: key, type: 'step', ts: 99 });
  one.catchUp();
  expect(one.heads([key])[0]).toMatchObject({ status: 'active', endedAt: null, lastAt: 99 });
  writer.close();
});

test('a trace that SQLite refuses is in no sum', () => {
  const writer = new JournalWriter({ dir });
  write(writer, 1);
  // Otherwise valid, but a time must be a whole number of microseconds.
  writer.append({ kind: 'open', trace: `${writer.writer.number}-2`, id: 'c_2', traceparent: '', ts: 20.5 });
  writer.append({ kind: 'end', trace: `${writer.writer.number}-2`, status: 'completed', ts: 21 });
  const one = opened();
  one.catchUp();
  expect(one.counts().total).toBe(1);
  write(writer, 3);
  one.catchUp();
  expect(one.list({}, 10, undefined).heads.map(({ traceId }) => traceId)).toEqual(['c_3', 'c_1']);
  expect(one.counts()).toEqual({ total: 2, active: 0, errors: 0 });
  expect(one.sample({}).byStatus).toEqual({ completed: 2 });
  expect(one.state().corrupt).toBe(1);
  writer.close();
});
