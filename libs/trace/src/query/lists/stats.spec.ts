import { MemoryStore } from '../../store/memory/memory-store.js';
import { SECOND, Subject, T0 } from '../../testing/store-contract/subject.js';
import { TraceQueryService } from '../trace-query.js';

const HOUR = 3_600;

async function filled(store = new MemoryStore()): Promise<TraceQueryService> {
  const subject = new Subject(store);
  await subject.write(0, { contact: 'a', seconds: 9 });
  await subject.write(2 * HOUR, { contact: 'b', seconds: 2 });
  await subject.write(2 * HOUR + 1, { contact: 'c', seconds: 4, error: 'x' });
  const clock = { now: () => T0 + 4 * HOUR * SECOND };
  return new TraceQueryService({ store, version: '0', clock });
}

it('have numbers over time, and of the period before', async () => {
  const query = await filled();
  const { over_time: parts = [], previous } = await query.stats({ since: T0 + 2 * HOUR * SECOND });
  expect(parts.reduce((sum, { total_traces: total }) => sum + total, 0)).toBe(2);
  expect(parts.find(({ total_traces: total }) => total > 0)).toMatchObject({
    error_traces: 1,
    error_rate: 0.5,
    p50_ms: 2_000,
    p95_ms: 4_000,
  });
  expect(previous).toMatchObject({
    from: '2023-11-14T22:13:19.999999Z',
    to: '2023-11-15T00:13:20.000000Z',
    total_traces: 1,
    error_rate: 0,
    p50_ms: 9_000,
  });
});

it('have no period before where the range has no begin', async () => {
  const { over_time: parts, previous } = await (await filled()).stats({});
  expect([parts?.length, previous]).toEqual([25, undefined]);
});

it('are without numbers over time where the store has none', async () => {
  const store = new MemoryStore();
  const { counts, sample } = store.stats;
  Object.assign(store, { stats: { counts, sample } });
  const answer = await (await filled(store)).stats({ since: T0 });
  expect([answer.total_traces, 'over_time' in answer, 'previous' in answer]).toEqual([3, false, false]);
});
