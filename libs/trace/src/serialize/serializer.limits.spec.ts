import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { DEFAULT_LIMITS } from './limits.js';
import { createSerializer } from './serializer.js';

const seen = (value: unknown, limits = {}): any => JSON.parse(createSerializer({ limits }).json(value));

const nested = (levels: number): unknown => {
  let value: unknown = {};
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
};
const diamonds = (levels: number): unknown => {
  let value: unknown = { end: true };
  for (let i = 0; i < levels; i++) value = { left: value, right: value };
  return value;
};

describe('limits', () => {
  it('truncates a string and notes the number of characters left out', () => {
    expect(seen({ a: 'x'.repeat(100) }, { maxStringLength: 20 })).toEqual({ a: `${'x'.repeat(20)}…[+80 chars]` });
  });

  it('only measures a string of millions of characters, which might have to be joined first', () => {
    expect(seen({ a: 'abcdefghij'.repeat(1_000_000) })).toEqual({ a: '[string 10000000 chars]' });
    expect(seen({ a: 'abcdefghij'.repeat(400_000) }).a).toMatch(/^(?:abcdefghij){1638}abcd…\[\+3983616 chars]$/);
  });

  it('names values below the depth limit', () => {
    class Deep {
      a = 1;
    }
    expect(seen({ a: { b: { c: 1 }, d: [1, 2], e: new Deep() } }, { maxDepth: 2 })).toEqual({
      a: { b: '[Object]', d: '[Array 2]', e: '[Deep]' },
    });
  });

  it('notes the number of entries left out', () => {
    expect(seen([1, 2, 3, 4, 5], { maxNodes: 2 })).toEqual([1, 2, '[+3 items]']);
    expect(seen({ a: 1, b: 2, c: 3 }, { maxNodes: 2 })).toEqual({ a: 1, b: 2, '…': '[+1 keys]' });
    expect(seen(new Set([1, 2, 3]), { maxNodes: 2 })).toEqual({ '[Set]': [1, 2, '[+1 items]'] });
    expect(seen([], { maxNodes: 1 })).toEqual([]);
  });

  it('keeps all of a value that just fits', () => {
    expect(seen({ a: 1, b: 2 }, { maxNodes: 2 })).toEqual({ a: 1, b: 2 });
    const text = 'x'.repeat(1022);
    expect(seen(text, { maxEventBytes: 1024 })).toBe(text);
  });

  it('counts bytes, not characters', () => {
    const json = createSerializer({ limits: { maxEventBytes: 1024 } }).json({ text: '😀'.repeat(1000) });
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(json)).toBeGreaterThan(100);
    expect(JSON.parse(json).text).toMatch(/^(?:😀)+…\[\+\d+ chars\]$/u);
  });

  it('ignores invalid limits', () => {
    const limits = { maxNodes: Number.NaN, maxDepth: -1, maxStringLength: 0, maxEventBytes: 1 };
    expect(seen({ a: 'hello' }, limits)).toEqual({ a: 'hello' });
  });
});

describe('expensive values', () => {
  const holes: unknown[] = [1];
  holes[30_000_000] = 2;
  const rows = Array.from({ length: 200_000 }, (_, i) => i);

  // Native JSON takes seconds for these, or throws; the bound is a hundred times our measurement, for slow machines.
  it.each([
    ['depth of 20,000', nested(20_000)],
    ['30 million holes', holes],
    ['30 million empty places', Object.assign([], { length: 30_000_000 })],
    ['2^22 ways to one object', diamonds(22)],
    ['a string of 50 MB', Buffer.alloc(50_000_000, 'a').toString('latin1')],
    ['a string of 100 MB in pieces', 'abcdefghij'.repeat(10_000_000)],
    ['200,000 rows', rows],
    ['a Map of 200,000', new Map(rows.map((i) => [i, i]))],
    ['50 MB of bytes', Buffer.alloc(50_000_000)],
  ])('are written without delay: %s', (_, value) => {
    const { json } = createSerializer();
    const start = performance.now();
    const written = json({ value });
    expect(performance.now() - start).toBeLessThan(500);
    expect(Buffer.byteLength(written)).toBeLessThan(100_000);
    expect(() => JSON.parse(written)).not.toThrow();
  });

  it('keep no long string alive by a slice', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { text } = createSerializer();
    const kept: string[] = [];
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 10; i++) kept.push(text(`${i}${'abcdefghij'.repeat(300_000)}`, 100));
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(15_000_000);
    expect(kept).toHaveLength(10);
  });
});

describe('any value', () => {
  const anything = fc.anything({
    stringUnit: 'binary',
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const limits = fc.record({
    maxStringLength: fc.integer({ min: 16, max: 200 }),
    maxDepth: fc.integer({ min: 1, max: 6 }),
    maxNodes: fc.integer({ min: 1, max: 60 }),
    maxEventBytes: fc.integer({ min: 1024, max: 1400 }),
  });
  const long = fc.string({ unit: 'binary', maxLength: 3_000 });

  it('becomes valid JSON within its bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(anything, fc.array(fc.oneof(long, anything)), fc.dictionary(long, anything)),
        limits,
        (value, some) => {
          for (const chosen of [some, {}]) {
            const json = createSerializer({ limits: chosen }).json(value);
            expect(() => JSON.parse(json)).not.toThrow();
            expect(Buffer.byteLength(json)).toBeLessThanOrEqual({ ...DEFAULT_LIMITS, ...chosen }.maxEventBytes);
            // UTF-8 output must read back unchanged.
            expect(Buffer.from(json).toString()).toBe(json);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('equals the output of JSON.stringify where that is complete', () => {
    const { json } = createSerializer({ limits: { maxDepth: 100 } });
    const plain = fc.jsonValue({ stringUnit: 'grapheme' });
    fc.assert(
      fc.property(plain, (value) => {
        const written = json(value);
        const native = JSON.stringify(value);
        // JSON loses the sign of zero, ours keeps it; and a random text may look like a secret.
        if (written !== native && !written.includes('-0') && !written.includes('[REDACTED]')) {
          expect(JSON.parse(written)).toEqual(JSON.parse(native));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('describes an error, a text and a URL without throwing', () => {
    const { error, text, url } = createSerializer();
    fc.assert(
      fc.property(anything, long, (value, path) => {
        expect(error(value)).toMatchObject({ type: expect.any(String), message: expect.any(String) });
        expect(text(value, 50).length).toBeLessThan(80);
        expect(typeof url(path)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});
