import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  it('evicts the oldest entry beyond its limit, and all at the end', () => {
    const evicted: number[] = [];
    const map = new BoundedMap<number>(2, (value) => void evicted.push(value));
    for (const n of [1, 2, 3]) map.set(`run-${n}`, n);
    expect(evicted).toEqual([1]);
    expect(map.get('run-1')).toBeUndefined();
    expect(map.take('run-2')).toBe(2);
    map.set('run-4', 4);
    expect(evicted).toEqual([1]);
    map.clear();
    expect(evicted).toEqual([1, 3, 4]);
  });
});
