import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../../journal/write/writer.js';
import type { RecordDraft } from '../../model/record.js';
import { Catalog } from '../catalog.js';

const TRACES = 3_000;
const HOUR = 3_600_000_000;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bounded-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Traces over many hours, each with names of its own; every other one goes on. */
function write(writer: JournalWriter, n: number): void {
  const trace = `${writer.writer.number}-${n}`;
  const ts = 1_700_000_000_000_000 + n * (HOUR / 10);
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id: `c_${n}`, traceparent: '', ts, method: 'POST', path: `/webhook/${n}` },
    { kind: 'span', trace, span: 'a', name: `tool_${n}`, type: 'tool', ts },
    { kind: 'error', trace, location: 'x', type: 'Error', message: `${n}`, fingerprint: `${n}`, ts },
    ...(n % 2 === 0 ? [{ kind: 'end', trace, status: 'completed', ts } as const] : []),
  ];
  for (const draft of drafts) writer.append(draft);
}

interface Sized {
  readonly size: number;
}

/** Sizes of all maps and sets that an object of the index holds, by their path. */
function sizesIn(
  value: object,
  path = '',
  seen = new Set<object>(),
  found = new Map<string, number>(),
): Map<string, number> {
  if (seen.has(value)) return found;
  seen.add(value);
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'object' || member === null) continue;
    if (member instanceof Map || member instanceof Set) found.set(`${path}.${name}`, (member as Sized).size);
    else if (!ArrayBuffer.isView(member) && !Array.isArray(member)) sizesIn(member, `${path}.${name}`, seen, found);
  }
  return found;
}

test('what the indexer keeps in memory does not grow with the number of traces', () => {
  const writer = new JournalWriter({ dir });
  const catalog = new Catalog({ dir });
  const read = <T>(work: (tx: object) => T): T => catalog.read(work as never);
  const sizes = (): Map<string, number> =>
    read((tx) => sizesIn({ tx, indexer: (catalog as unknown as { open: object }).open }));
  for (let n = 1; n <= TRACES; n += 1) {
    write(writer, n);
    if (n % 500 === 0) catalog.catchUp();
  }
  const kept = sizes();
  // The bounds that the caches state: active traces 2,000, rows of sums 400, baselines 256, terms 10,000, filters 64.
  const limits: [RegExp, number][] = [
    [/\.traces\.traces$/, 2_000],
    [/\.rollups\.cache$/, 400],
    [/\.baselines\./, 256],
    [/\.terms\./, 10_000],
    [/\.textFilters\.bits$/, 64],
  ];
  for (const [name, limit] of limits) {
    const matching = [...kept].filter(([path]) => name.test(path));
    expect(matching.length).toBeGreaterThan(0);
    for (const [, size] of matching) expect(size).toBeLessThanOrEqual(limit);
  }
  // What a transaction collects is written and dropped with it.
  const pending = [...kept].filter(([path]) => /(?:pending|changed|dirty)$/.test(path));
  expect(pending.length).toBeGreaterThan(0);
  expect(pending.filter(([, size]) => size > 0)).toEqual([]);
  expect(catalog.counts().total).toBe(TRACES);
  catalog.close();
  writer.close();
});
