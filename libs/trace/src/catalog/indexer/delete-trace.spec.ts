import { idRanges } from './delete-trace.js';

describe('idRanges', () => {
  it.each([
    [[], []],
    [[7], [[7, 7]]],
    [[3, 1, 2], [[1, 3]]],
    [
      [10, 1, 2, 9, 5, 2],
      [
        [1, 2],
        [5, 5],
        [9, 10],
      ],
    ],
  ])('returns for %j the ranges %j', (numbers, expected) => expect([...idRanges(numbers)]).toEqual(expected));

  it('are bounded, and contain every id', () => {
    const all = [...idRanges(Array.from({ length: 1_000 }, (_, i) => i + 1))];
    expect(Math.max(...all.map(([first, last]) => last - first))).toBeLessThanOrEqual(256);
    expect(all.reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(1_000);
  });
});
