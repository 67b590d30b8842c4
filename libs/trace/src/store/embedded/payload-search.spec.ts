import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InlineCatalog } from '../../catalog-worker/inline.js';
import type { CatalogCalls, CatalogPort } from '../../catalog-worker/catalog-port.js';
import type { ScanResult } from '../../catalog/catalog.api.js';
import { JournalWriter } from '../../journal/write/writer.js';
import type { JsonText } from '../../model/record.js';
import type { TraceConditions } from '../../model/trace-search.js';
import { DirectoryStore } from './directory-store.js';
import { searchPayloads } from './payload-search.js';

const T0 = Date.UTC(2024, 0, 20) * 1000;
const MINUTE = 60_000_000;

let dir: string;
let writer: JournalWriter;
let catalog: InlineCatalog;
let reader: DirectoryStore;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'search-'));
  writer = new JournalWriter({ dir });
  catalog = new InlineCatalog({ dir });
  reader = new DirectoryStore({ dir, catalog });
});
afterEach(async () => {
  writer.close();
  await catalog.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Trace `n` begins in minute `n` and has this in a payload. */
function write(n: number, data: unknown, message = 'hola'): void {
  const trace = `${writer.writer.number}-${n}`;
  const ts = T0 + n * MINUTE;
  writer.append({ kind: 'open', trace, id: `c_${n}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace, id: `c_${n}`, contact: 'c', message, ts });
  writer.append({ kind: 'event', trace, type: 'note', data: JSON.stringify(data) as JsonText, ts: ts + 1 });
  writer.append({ kind: 'end', trace, status: 'completed', ts: ts + 2 });
}

async function found(filter: TraceConditions, limit = 100): Promise<number[]> {
  const { heads, partial } = await reader.search({ ...filter, limit });
  expect(partial).toBeUndefined();
  return heads.map(({ startedAt }) => (startedAt - T0) / MINUTE);
}

test('text in payloads is found in either case, in any script, and with JSON escapes', async () => {
  write(1, { note: 'Cita con la DOCTORA Núñez' });
  write(2, { note: 'say "hi"\nand C:\\temp' });
  write(3, ['日本語のメモ', { deep: { deeper: 'Ünïcode ẞ' } }]);
  expect(await found({ q: 'doctora núñez' })).toEqual([1]);
  expect(await found({ q: 'NÚÑEZ' })).toEqual([1]);
  expect(await found({ q: '"hi"' })).toEqual([2]);
  expect(await found({ q: 'c:\\TEMP' })).toEqual([2]);
  expect(await found({ q: '本語' })).toEqual([3]);
  expect(await found({ q: 'ünÏcode' })).toEqual([3]);
  expect(await found({ q: 'note' })).toEqual([2, 1]);
  expect(await found({ q: '.*' })).toEqual([]);
});

test("the library's own words around the payloads are not found", async () => {
  write(1, { a: 1 });
  for (const q of ['kind', 'event', 'traceparent', `"${writer.writer.number}-1"`, 'identify']) {
    expect({ q, found: await found({ q }) }).toEqual({ q, found: [] });
  }
});

test('every other filter applies, and a trace with two matches is listed once', async () => {
  write(1, 'pelota', 'pelota');
  write(2, 'pelota');
  write(3, 'pelota');
  expect(await found({ q: 'pelota' })).toEqual([3, 2, 1]);
  expect(await found({ q: 'pelota', since: T0 + 2 * MINUTE })).toEqual([3, 2]);
  expect(await found({ q: 'pelota', until: T0 + 2 * MINUTE })).toEqual([2, 1]);
  expect(await found({ q: 'pelota', contactId: 'nobody' })).toEqual([]);
  expect(await found({ q: 'pelota', status: 'error' })).toEqual([]);
  expect(await found({ q: 'pelota', tool: 'none' })).toEqual([]);
});

test('pages are newest first over index and payloads, over many segments, and none is missing', async () => {
  for (let n = 1; n <= 60; n += 1) {
    write(n, n % 3 === 0 ? 'aguja' : 'paja', n % 5 === 0 ? 'aguja' : 'hola');
    if (n % 7 === 0) writer.rotate();
  }
  const expected = Array.from({ length: 60 }, (_, i) => 60 - i).filter((n) => n % 3 === 0 || n % 5 === 0);
  expect(await found({ q: 'aguja' })).toEqual(expected);
  const seen: number[] = [];
  for (let before: string | undefined; ;) {
    const page = await reader.search({ q: 'aguja', limit: 4, before });
    seen.push(...page.heads.map(({ startedAt }) => (startedAt - T0) / MINUTE));
    if (page.next === null) break;
    before = page.next;
  }
  expect(seen).toEqual(expected);
});

test('a segment is read from its end, across lines longer than a chunk', async () => {
  write(1, 'aguja');
  write(2, 'x'.repeat(900_000));
  for (let n = 3; n <= 6; n += 1) write(n, 'y'.repeat(600_000));
  write(7, 'aguja');
  expect(await found({ q: 'aguja' })).toEqual([7, 1]);
  const page = await reader.search({ q: 'aguja', limit: 1 });
  expect(page.heads.map(({ traceId }) => traceId)).toEqual(['c_7']);
});

test('payloads that cannot be searched in time make the response partial', async () => {
  write(1, 'aguja');
  await catalog.ask('counts');
  const page = await searchPayloads(
    endless(catalog),
    { q: 'aguja', limit: 10 },
    { heads: [], cursors: [], next: null },
    0,
  );
  expect(page).toMatchObject({ partial: true, next: null });
  expect(page.heads.map(({ traceId }) => traceId)).toEqual(['c_1']);
});

/** A journal without a beginning. */
function endless(real: CatalogPort): CatalogPort {
  const ask = async (...args: [call: 'scan', ...Parameters<CatalogCalls['scan']>]): Promise<ScanResult> => {
    const { heads } = await real.ask(...args);
    return { heads, place: { segments: [1], end: null, found: [] }, newestLeft: Number.MAX_SAFE_INTEGER };
  };
  return { ask: ask as CatalogPort['ask'], nudge: () => undefined, close: async () => undefined };
}
