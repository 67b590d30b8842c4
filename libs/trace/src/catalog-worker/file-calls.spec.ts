import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { JsonText } from '../model/record.js';

const COUNTED = ['readdirSync', 'statSync', 'lstatSync', 'openSync'] as const;
type Counts = Record<(typeof COUNTED)[number], number>;

let counts: Counts;
const counted = Object.fromEntries(
  COUNTED.map((name) => [
    name,
    (...args: never[]) => {
      counts[name] += 1;
      return (fs[name] as (...all: never[]) => unknown)(...args);
    },
  ]),
);
jest.unstable_mockModule('node:fs', () => ({ ...fs, ...counted, default: { ...fs, ...counted } }));

const { JournalWriter } = await import('../journal/write/writer.js');
const { MaintainedCatalog } = await import('./maintained-catalog.js');

const reset = (): void => void (counts = { readdirSync: 0, statSync: 0, lstatSync: 0, openSync: 0 });
/** Files that are checked once a second beside those that a question needs. */
const AUDITED = 64;
/** Nothing is due. */
const KEEP = { maxAgeMs: 1e15, errorMaxAgeMs: 1e15, maxBytes: 1e15 };
/** Segments that retention deletes here. */
const DELETED = 10;
/** Calls for one deleted segment, where few segments are looked at whole. */
const LOOKED_AT = 60;

describe.each([20, 300])('a directory of %i segments', (segments) => {
  const dir = fs.mkdtempSync(join(tmpdir(), 'calls-'));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it('is listed when it is opened; the question for one trace lists it no more', () => {
    reset();
    const writer = new JournalWriter({ dir });
    for (let n = 1; n <= segments; n += 1) {
      const trace = `${n}-1`;
      writer.append({
        kind: 'open',
        trace,
        id: `c_${n}`,
        traceparent: '',
        ts: n * 1000,
        method: 'POST',
        path: '/webhook',
      });
      writer.append({ kind: 'event', trace, type: 'step', data: '{"n":1}' as JsonText, ts: n * 1000 + 1 });
      writer.append({ kind: 'end', trace, status: 'completed', ts: n * 1000 + 2 });
      if (n < segments) writer.rotate();
    }
    // Long ago: a folder that has just changed may change again with the same time, and is listed again.
    const past = new Date(Date.now() - 60_000);
    fs.utimesSync(join(dir, 'journal'), past, past);
    const catalog = new MaintainedCatalog({ dir });
    try {
      reset();
      const { heads } = catalog.call('list', [{}, 5, undefined]);
      expect(heads).toHaveLength(5);
      // Proves that the calls are counted, and that each file is looked at.
      expect(counts.lstatSync + counts.openSync).toBeGreaterThanOrEqual(segments);
      reset();
      const { traces } = catalog.call('stored', [[heads[0]!.traceId]]);
      expect(traces).toHaveLength(1);
      expect(counts).toEqual({
        readdirSync: 0,
        statSync: 1,
        lstatSync: expect.any(Number),
        openSync: 1,
      });
      expect(counts.lstatSync).toBeLessThanOrEqual(2 + AUDITED);
    } finally {
      catalog.close();
      writer.close();
    }
  });

  it('has each file looked at once when it is opened again', () => {
    reset();
    const catalog = new MaintainedCatalog({ dir, retention: KEEP });
    try {
      expect(catalog.call('list', [{}, 5, undefined]).heads).toHaveLength(5);
      while (!catalog.turn(50));
      expect(catalog.call('finished', [])).toHaveLength(segments);
    } finally {
      catalog.close();
    }
    expect(counts.lstatSync).toBeGreaterThanOrEqual(segments);
    expect(counts.lstatSync).toBeLessThanOrEqual(segments + 2 * AUDITED);
  });

  it('has no other file looked at for each segment that retention deletes', () => {
    const names = (): number => fs.readdirSync(join(dir, 'journal')).length;
    const catalog = new MaintainedCatalog({ dir, retention: { ...KEEP, maxAgeMs: 1_000 } });
    try {
      catalog.call('list', [{}, 5, undefined]);
      reset();
      while (names() > segments - DELETED) catalog.turn(50);
      expect(counts.lstatSync).toBeLessThanOrEqual(DELETED * LOOKED_AT + 2 * AUDITED);
      // What was deleted is gone for questions too.
      const { heads } = catalog.call('list', [{}, segments, undefined]);
      expect(heads.map(({ traceId }) => traceId)).not.toContain('c_1');
    } finally {
      catalog.close();
    }
  });
});
