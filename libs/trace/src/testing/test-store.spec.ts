import { GUIDE_START, Story } from '../../../../test/support/story.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import { TestClock } from './test-clock.js';
import { openTestStore } from './test-store.js';

describe('the store of a test', () => {
  it('is the given one, with records that carry the time of the test', async () => {
    const given = new MemoryStore();
    const clock = new TestClock();
    const { store, sink, close } = openTestStore(given, clock);
    expect(store).toBe(given);
    const before = clock.now();
    expect(sink.append({ kind: 'open', trace: '1-1', id: 'a', traceparent: '', ts: before })).toBe(true);
    expect(clock.now()).toBe(before + 1_000);
    expect((await given.stats.counts()).total).toBe(1);
    await close();
    expect(sink.append({ kind: 'end', trace: '1-1', status: 'completed', ts: before })).toBe(false);
  });

  it('has baselines where traces are in a directory', async () => {
    const { store, sink, close } = openTestStore('directory', new TestClock());
    const { records } = new Story(`${sink.writer.number}-1`).open().identify().end();
    for (const { seq: _, ...draft } of records) sink.append(draft as never);
    const [baseline] = await store.baseline!([{ at: GUIDE_START, routes: ['POST /webhook'], errors: [] }]);
    expect(baseline!.routes).toMatchObject([{ route: 'POST /webhook', ended: 1 }]);
    await close();
  });
});
