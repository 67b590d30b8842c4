import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../../../journal/write/writer.js';
import type { JsonText } from '../../../model/record.js';
import type { TraceSample } from '../../../model/trace.js';
import { MaintainedCatalog } from '../../../catalog-worker/maintained-catalog.js';
import { LEVELS } from './rollup-range.js';
import { addCall, addSums, emptySums } from '../../../model/usage-sums.js';
import { recordedUsage, type UsageFields } from '../../../model/usage.js';
import { modelCall } from '../../../testing/store-contract/model-calls.js';
import { openSqlite } from '../../db/sqlite/sqlite.js';

const MINUTE = LEVELS[0];
const T0 = Date.UTC(2024, 0, 20, 11, 58, 30) * 1000;

let dir: string;
let writer: JournalWriter;
let catalogs: MaintainedCatalog[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sums-'));
  writer = new JournalWriter({ dir });
});
afterEach(() => {
  writer.close();
  for (const catalog of catalogs) catalog.close();
  catalogs = [];
  rmSync(dir, { recursive: true, force: true });
});

function opened(file?: string): MaintainedCatalog {
  const catalog = new MaintainedCatalog({ dir, file });
  catalogs.push(catalog);
  // On a busy machine one call does not index everything.
  while (!catalog.queries.catchUp());
  return catalog;
}

/** A trace with these model calls. */
function writeCalls(
  n: number,
  seconds: number,
  usages: UsageFields[],
  more: { contact?: string; end?: boolean } = {},
): void {
  const trace = write(n, seconds, { contact: more.contact, end: false });
  const ts = T0 + seconds * 1_000_000;
  for (const [i, usage] of usages.entries())
    for (const record of modelCall(trace, n * 100 + i, usage, ts)) writer.append(record);
  if (more.end !== false) writer.append({ kind: 'end', trace, status: 'completed', ts: ts + 5_000 });
}

function json(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

interface Sketch {
  contact?: string;
  ms?: number;
  agent?: string;
  tool?: string;
  failed?: boolean;
  end?: boolean;
}

/** Trace `n` begins `seconds` after `T0`. */
function write(n: number, seconds: number, sketch: Sketch = {}): string {
  const { contact = 'c', ms = 100, agent = 'sofia', tool = 'calendar', failed = false, end = true } = sketch;
  const trace = `${writer.writer.number}-${n}`;
  const ts = T0 + seconds * 1_000_000;
  const span = n.toString(16).padStart(16, '0');
  writer.append({ kind: 'open', trace, id: `unknown_${n}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace, id: `${contact}_${n}`, contact, message: 'hola', ts });
  const facts = { from: 'supervisor', to: agent };
  writer.append({ kind: 'event', trace, type: 'agent_routing', facts, data: json(facts), ts });
  writer.append({ kind: 'span', trace, span, name: tool, type: 'tool', ts });
  writer.append({ kind: 'span_end', trace, span, ms, ...(failed ? { outcome: 'error' } : {}), ts: ts + ms * 1000 });
  if (failed) writer.append(lateError(trace, ts));
  if (end) writer.append({ kind: 'end', trace, status: 'completed', ts: ts + ms * 1000 });
  return trace;
}

function lateError(trace: string, ts: number): Parameters<JournalWriter['append']>[0] {
  return { kind: 'error', trace, location: 'x', type: 'E', message: 'm', fingerprint: 'f', ts };
}

/** The same query on an index that was rebuilt from the current journal. */
function rebuilt(range: { since?: number; until?: number } = {}): TraceSample {
  // Not in memory: an index in memory is replaced when it takes longer than half a second.
  return opened(join(dir, `rebuilt-${catalogs.length}.db`)).queries.sample(range);
}

function plain(sample: TraceSample): unknown {
  const buckets = new Map<number, [number, number]>();
  for (const { startedAt, total, errors } of sample.buckets) {
    const at = Math.floor(startedAt / MINUTE);
    const [t, e] = buckets.get(at) ?? [0, 0];
    buckets.set(at, [t + total, e + errors]);
  }
  return JSON.parse(JSON.stringify({ ...sample, buckets: [...buckets] }));
}

test('the sums of any range equal those of its traces', () => {
  const starts = Array.from({ length: 400 }, (_, n) => n * 17);
  starts.forEach((seconds, n) => {
    write(n, seconds, { ms: n, agent: n % 3 ? 'sofia' : 'maria', failed: n % 7 === 0, end: n % 50 !== 49 });
  });
  const catalog = opened();
  for (const [from, to] of [
    [0, 6_800],
    [10, 20],
    [35, 95],
    [90, 3_689],
    [91, 3_690],
    [500, 500],
    [6_000, 99_999],
    [-500, 200],
  ] as const) {
    const range = { since: T0 + from * 1_000_000, until: T0 + to * 1_000_000 };
    const within = starts.flatMap((seconds, n) => (seconds >= from && seconds <= to ? [n] : []));
    const ended = within.filter((n) => n % 50 !== 49);
    const sample = catalog.queries.sample(range);
    expect(sample.durations).toEqual(ended);
    expect(sample.byStatus).toEqual(
      countsOf(within.map((n) => (n % 50 === 49 ? 'active' : n % 7 === 0 ? 'error' : 'completed'))),
    );
    expect(Object.fromEntries(sample.routing.map(({ route, count }) => [route, count]))).toEqual(
      countsOf(within.map((n) => `supervisor → ${n % 3 ? 'sofia' : 'maria'}`)),
    );
    expect(sample.buckets.reduce((sum, { total }) => sum + total, 0)).toBe(within.length);
    expect(sample.steps?.find(({ name }) => name === 'calendar')?.errors ?? 0).toBe(
      within.filter((n) => n % 7 === 0).length,
    );
  }
  expect(catalog.queries.counts()).toEqual({ total: 400, active: 8, errors: 56 });
});

function countsOf(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

test('quantiles of many traces are at most 2% off, and their sum is exact', () => {
  const durations = Array.from({ length: 1_500 }, (_, n) => Math.floor(1.006 ** n));
  durations.forEach((ms, n) => write(n, n, { ms }));
  const { durations: returned, weights, totalMs } = opened().queries.sample({});
  expect(weights!.reduce((sum, n) => sum + n, 0)).toBe(1_500);
  expect(totalMs).toBe(durations.reduce((sum, ms) => sum + ms, 0));
  let rank = 0;
  for (const [i, ms] of returned.entries()) {
    rank += weights![i]!;
    const exact = durations[rank - 1]!;
    expect(Math.abs(ms - exact)).toBeLessThanOrEqual(exact * 0.02);
  }
});

test('a late error moves its trace from one status to the other', () => {
  const trace = write(1, 0);
  write(2, 1);
  const catalog = opened();
  expect(catalog.queries.sample({}).byStatus).toEqual({ completed: 2 });
  writer.append({ ...lateError(trace, T0 + 99_000_000), late: true } as never);
  catalog.queries.catchUp();
  expect(catalog.queries.sample({}).byStatus).toEqual({ completed: 1, error: 1 });
  expect(catalog.queries.counts()).toEqual({ total: 2, active: 0, errors: 1 });
});

test('a trace that continues after it was marked as interrupted is counted once', () => {
  const trace = write(1, 0, { end: false });
  const catalog = opened();
  const db = openSqlite(join(dir, 'catalog.db'));
  db.exec("UPDATE segments SET writer = 'gone'");
  db.close();
  expect(catalog.queries.sample({}).byStatus).toEqual({ active: 1 });
  writer.append({ kind: 'end', trace, status: 'interrupted', by: 99, ts: T0 + 100_001 });
  catalog.queries.catchUp();
  expect(catalog.queries.sample({}).byStatus).toEqual({ interrupted: 1 });
  writer.append({ kind: 'event', trace, type: 'alive', ts: T0 + 200_000 });
  writer.append({ kind: 'end', trace, status: 'completed', ts: T0 + 200_000 });
  catalog.queries.catchUp();
  expect(catalog.queries.sample({})).toMatchObject({ byStatus: { completed: 1 }, durations: [200] });
});

test('deleted traces are subtracted from every sum, and a rebuilt index has the same sums', () => {
  for (let n = 0; n < 60; n += 1) write(n, n * 30, { contact: n % 4 ? 'ana-maria' : 'beto', failed: n % 5 === 0 });
  const catalog = opened();
  expect(catalog.maintainer.eraseContact('ana-maria')).toEqual({ removed: 45 });
  expect(catalog.queries.sample({}).byStatus).toEqual({ completed: 12, error: 3 });
  expect(plain(catalog.queries.sample({}))).toEqual(plain(rebuilt()));
  writer.rotate();
  catalog.queries.catchUp();
  expect(catalog.maintainer.clear({ keepErrors: true })).toEqual({ removed: 12 });
  expect(plain(catalog.queries.sample({}))).toEqual(plain(rebuilt()));
  expect(catalog.queries.sample({}).byStatus).toEqual({ error: 3 });
  catalog.maintainer.clear({ keepErrors: false });
  expect(plain(catalog.queries.sample({}))).toEqual(plain(rebuilt()));
  expect(catalog.queries.counts()).toEqual({ total: 0, active: 0, errors: 0 });
});

test('two processes that index and prune in turn keep the same sums', () => {
  const retention = { maxAgeMs: 1, maxBytes: Infinity, errorMaxAgeMs: Infinity };
  const one = new MaintainedCatalog({ dir });
  const two = new MaintainedCatalog({ dir });
  catalogs.push(one, two);
  for (let n = 0; n < 30; n += 1) {
    write(n, n * 40, { failed: n % 3 === 0 });
    (n % 2 ? one : two).queries.catchUp();
    if (n % 10 !== 9) continue;
    writer.rotate();
    two.queries.catchUp();
    // It read the sums before the other process added the last trace.
    const third = new MaintainedCatalog({ dir, retention });
    catalogs.push(third);
    third.queries.catchUp();
    write(100 + n, n * 40);
    one.queries.catchUp();
    while (!third.turn(50));
  }
  write(30, 9_999);
  two.queries.catchUp();
  for (const catalog of [one, two]) {
    catalog.queries.catchUp();
    expect(plain(catalog.queries.sample({}))).toEqual(plain(rebuilt()));
  }
});

test('a span is timed when another process indexed its beginning', () => {
  const trace = `${writer.writer.number}-1`;
  writer.append({ kind: 'open', trace, id: 'x', traceparent: '', ts: T0 });
  writer.append({ kind: 'span', trace, span: 'a'.repeat(16), name: 'calendar', type: 'tool', ts: T0 });
  opened().close();
  catalogs = [];
  writer.append({ kind: 'span_end', trace, span: 'a'.repeat(16), ms: 40, outcome: 'error', ts: T0 + 40_000 });
  writer.append({ kind: 'end', trace, status: 'completed', ts: T0 + 40_000 });
  const [step] = opened().queries.sample({}).steps!;
  expect(step).toMatchObject({ kind: 'tool', name: 'calendar', count: 1, errors: 1, totalMs: 40, weights: [1] });
});

const count = fc.integer({ min: 0, max: 100_000 });
const usageOf = fc.record(
  {
    model: fc.constantFrom('gpt-5-mini', 'claude-sonnet-4-5', 'my-local'),
    agent: fc.constantFrom('sofia', 'maria'),
    input: count,
    output: count,
    cache_read: count,
    reasoning: count,
    cost_usd: fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100),
  },
  { requiredKeys: ['model'] },
);

test('the sums over spans, heads and rollups are the same, and a rebuilt index has them too', () => {
  const calls = fc.sample(fc.array(usageOf, { maxLength: 4 }), { numRuns: 80, seed: 7 });
  const catalog = opened();
  calls.forEach((usages, n) => {
    writeCalls(n, n * 977, usages, { contact: n % 4 ? 'ana-maria' : 'beto', end: n % 9 !== 8 });
    if (n % 7 === 0) catalog.queries.catchUp();
  });
  const check = (kept: (n: number) => boolean): void => {
    while (!catalog.queries.catchUp());
    const { heads } = catalog.queries.list({}, 500, undefined);
    const sample = catalog.queries.sample({});
    const ofHeads = emptySums();
    for (const { usage } of heads) if (usage) addSums(ofHeads, usage);
    const ofSpans = emptySums();
    for (const usage of calls.filter((_, n) => kept(n)).flat()) addCall(ofSpans, recordedUsage(usage)!, undefined);
    expect({ ...ofHeads, costNano: 0, unknownCost: 0 }).toEqual({ ...ofSpans, costNano: 0, unknownCost: 0 });
    expect(sample.usage).toEqual(ofHeads);
    const ofDays = emptySums();
    for (const { usage } of sample.usageByDay!) addSums(ofDays, usage);
    expect(ofDays).toEqual(ofHeads);
    const ofModels = emptySums();
    for (const { kind, usage } of sample.steps!) if (kind === 'model') addSums(ofModels, usage!);
    expect(ofModels).toEqual(ofHeads);
    for (const { usage } of heads) {
      const costs = Object.values(usage?.spans ?? {});
      expect(costs.reduce((sum, nano) => sum + nano, 0)).toBe(usage?.costNano ?? 0);
    }
    expect(plain(sample)).toEqual(plain(rebuilt()));
    const range = { since: T0 + 11 * 977_000_000, until: T0 + 61 * 977_000_000 };
    const within = emptySums();
    for (const { startedAt, usage } of heads) {
      if (usage && startedAt >= range.since && startedAt <= range.until) addSums(within, usage);
    }
    expect(catalog.queries.sample(range).usage).toEqual(within);
  };
  check(() => true);
  catalog.maintainer.eraseContact('ana-maria');
  check((n) => n % 4 === 0);
});

test('a trace whose process died brings its model calls into the sums', () => {
  writeCalls(1, 0, [{ model: 'm', input: 5, output: 5, cost_usd: 1 }], { end: false });
  const catalog = opened();
  const db = openSqlite(join(dir, 'catalog.db'));
  db.exec("UPDATE segments SET writer = 'gone'");
  db.close();
  writer.append({ kind: 'end', trace: `${writer.writer.number}-1`, status: 'interrupted', by: 99, ts: T0 + 100_001 });
  catalog.queries.catchUp();
  expect(catalog.queries.sample({}).usage).toMatchObject({ calls: 1, total: 10, costNano: 1e9 });
  expect(plain(catalog.queries.sample({}))).toEqual(plain(rebuilt()));
});

test('records of earlier versions, with a provider’s own names, are in the sums', () => {
  const trace = write(1, 0, { end: false });
  const [start, end] = modelCall(trace, 100, { prompt_tokens: 7, completion_tokens: 3 } as UsageFields, T0);
  for (const record of [start, end]) writer.append(record);
  writer.append({ kind: 'end', trace, status: 'completed', ts: T0 + 9 });
  expect(opened().queries.sample({}).usage).toMatchObject({ calls: 1, input: 7, output: 3, total: 10, unknownCost: 1 });
});
