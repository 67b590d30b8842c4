import * as fc from 'fast-check';
import { bucketMs, bucketOf } from './latency.js';
import { LEVELS, levelOfBars, rollupRanges, wholeMinutes } from './rollup-range.js';
import { decodeRollup, encodeRollup } from './rollup-text.js';
import { OTHER_TERMS, Rollup, type Contribution } from './rollup.js';

const MINUTE = LEVELS[0];
const DAY = LEVELS[2];

test('the middle of a bucket is at most 1% from its durations', () => {
  const durations = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 10 * DAY }));
  fc.assert(
    fc.property(durations, (us) => {
      // Durations below a microsecond need no precision.
      expect(Math.abs(bucketMs(bucketOf(us)) - us / 1000)).toBeLessThanOrEqual(Math.max(us * 0.01, 1) / 1000);
    }),
  );
  expect([bucketOf(0), bucketOf(-5), bucketMs(0)]).toEqual([0, 0, 0]);
});

const contribution = fc.record({
  startedAt: fc.integer({ min: 0, max: DAY }),
  endedAt: fc.integer({ min: 0, max: DAY }),
  status: fc.constantFrom('completed', 'error', 'timeout'),
  terms: fc
    .array(
      fc.tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.record({
          n: fc.integer({ min: 0, max: 3 }),
          errors: fc.integer({ min: 0, max: 3 }),
          us: fc.integer({ min: 0, max: 1_000 }),
          took: fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 3 }),
        }),
      ),
    )
    .map((entries) => new Map(entries)),
}) as fc.Arbitrary<Contribution>;

test('sums can be encoded, added and subtracted in any order', () => {
  fc.assert(
    fc.property(fc.array(contribution), fc.array(contribution), (staying, going) => {
      const expected = new Rollup();
      for (const each of staying) expected.add(each, 1);
      const first = new Rollup();
      for (const each of going) first.add(each, 1);
      const second = new Rollup();
      for (const each of staying) second.add(each, 1);
      for (const each of [...going].reverse()) second.add(each, -1);
      const sums = decodeRollup(encodeRollup(first));
      sums.merge(second);
      expect(sorted(decodeRollup(encodeRollup(sums)))).toEqual(sorted(expected));
    }),
  );
});

/** Cells in one order, without empty ones. */
function sorted(rollup: Rollup): unknown[] {
  const cells = [...rollup.statuses, ...rollup.terms].filter(([, { count }]) => count !== 0);
  return cells
    .map(([name, { count, errors, us, took }]) => [
      String(name),
      count,
      errors,
      us,
      Array.from(took)
        .filter(([, n]) => n !== 0)
        .sort(([a], [b]) => a - b),
    ])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
}

test('terms beyond the limit are added up as one', () => {
  const rollup = new Rollup();
  for (let term = 1; term <= 1_500; term += 1) {
    const terms = new Map([[term, { n: 1, errors: 0, us: 0, took: [] }]]);
    rollup.add({ startedAt: 0, endedAt: 0, status: 'completed', terms }, 1);
  }
  expect(rollup.terms.size).toBe(1_001);
  expect(rollup.terms.get(OTHER_TERMS)?.count).toBe(500);
});

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 400 * DAY }), fc.integer({ min: 0, max: 400 * DAY }))
  .map(([a, b]) => ({ since: Math.min(a, b), until: Math.max(a, b) }));

test('rollups and edges cover a range without a gap and without an overlap', () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 0, max: 2 }), (range, coarsest) => {
      const { from, to, edges } = wholeMinutes(range);
      const parts = rollupRanges(from, to, coarsest);
      for (const { level, from: begin, to: end } of parts) {
        expect([begin % LEVELS[level]!, end % LEVELS[level]!]).toEqual([0, 0]);
        expect(level).toBeLessThanOrEqual(coarsest);
      }
      const pieces = [
        ...parts.map((part) => [part.from, part.to]),
        ...edges.map((edge) => [edge.since, edge.until + 1]),
      ].sort(([a], [b]) => a! - b!);
      expect(pieces[0]![0]).toBe(range.since);
      expect(pieces.at(-1)![1]).toBe(range.until + 1);
      for (let i = 1; i < pieces.length; i += 1) expect(pieces[i]![0]).toBe(pieces[i - 1]![1]);
      for (const { since, until } of edges) expect(until - since).toBeLessThan(2 * MINUTE);
    }),
  );
});

test('few rollups cover a long range', () => {
  const range = { since: 17, until: 365 * DAY + 12_345_678 };
  const { from, to } = wholeMinutes(range);
  const rows = rollupRanges(from, to).reduce((sum, { level, from: a, to: b }) => sum + (b - a) / LEVELS[level]!, 0);
  expect(rows).toBeLessThan(365 + 2 * 24 + 2 * 60);
});

test('rollups are no coarser than the bars of a histogram', () => {
  expect([3_600_000_000, 2 * DAY, 3 * DAY, 59 * DAY, 61 * DAY].map(levelOfBars)).toEqual([0, 0, 1, 1, 2]);
});
