import { Ring } from './ring.js';

it('returns each value when the size is reached', () => {
  const ring = new Ring<number>(3);
  expect([1, 2, 3, 4, 5, 6, 7].map((n) => ring.add(n))).toEqual([undefined, undefined, undefined, 1, 2, 3, 4]);
});
