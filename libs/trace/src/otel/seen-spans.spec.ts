import { SeenSpans } from './seen-spans.js';

describe('spans that were seen', () => {
  it('are known by trace and id, also where several traces have spans of one id', () => {
    const seen = new SeenSpans();
    const add = (trace: string): boolean => seen.add(trace.repeat(32), 'b'.repeat(16));
    expect(['1', '2', '3', '1', '2', '3'].map(add)).toEqual([true, true, true, false, false, false]);
  });

  it('are 25,000 at least', () => {
    const seen = new SeenSpans();
    const add = (n: number): boolean => seen.add('a'.repeat(32), String(n).padStart(16, '0'));
    for (let n = 0; n < 100_000; n += 1) add(n);
    expect([75_000, 99_999].map(add)).toEqual([false, false]);
    expect(add(0)).toBe(true);
  });
});
