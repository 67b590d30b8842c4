import { ZonedStamp } from '../../model/trace-id.js';
import { IdGenerator } from './id-generator.js';

it('returns a different instant for each trace, whether it opens now or late', () => {
  let now = 1_700_000_000_000_000;
  const identity = new IdGenerator(
    () => ({ id: '5e9c1f60-3b7a-4c1e-9d2a-0a1b2c3d4e07', number: 3 }),
    { now: () => (now += 40) },
    new ZonedStamp('UTC'),
  );
  const given: number[] = [];
  for (let n = 0; n < 20_000; n += 1) {
    given.push(n % 3 === 0 ? identity.instantBefore((n % 17) * 5) : identity.nextInstant());
  }
  expect(new Set(given).size).toBe(given.length);
  expect(given.every((at) => at % 64 === 7)).toBe(true);
  const late = identity.instantBefore(2);
  expect(now - late).toBeLessThan(2_000 + 128 * 64);
});
