import { GUIDE_START, Story } from '../../../../test/support/story.js';
import type { Baseline } from '../model/baseline.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import { TestClock } from './test-clock.js';
import { openTestStore, type TestStore } from './test-store.js';

/** Members that are not the inner store's. */
const OWN = new Set(['constructor', 'close', 'sink']);

/** Names of methods of an object and its prototypes. */
function methodsOf(given: object): string[] {
  const names = new Set<string>();
  for (let at: object = given; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && !OWN.has(name)) names.add(name);
    }
  }
  return [...names];
}

/** A store that has the optional method of the port too. */
class StoreWithBaseline extends MemoryStore {
  async baseline(): Promise<Baseline> {
    return { routes: [], errors: [] };
  }
}

describe('the store of a test', () => {
  let opened: TestStore | undefined;
  afterEach(async () => opened?.close());

  it.each([new MemoryStore(), new StoreWithBaseline()])(
    'forwards every method of the port, and no other: %#',
    (inner) => {
      const calls: string[] = [];
      for (const name of methodsOf(inner)) {
        Object.defineProperty(inner, name, {
          value(this: unknown, ...args: unknown[]) {
            calls.push(name);
            return [this === inner, ...args];
          },
        });
      }
      const store = openTestStore(inner, new TestClock()) as unknown as Record<string, (...args: unknown[]) => unknown>;
      const names = methodsOf(inner);
      expect(names).toEqual(expect.arrayContaining(['list', 'get', 'sample', 'readAfter', 'onMore', 'eraseContact']));
      for (const name of names) expect(store[name]!(1, 'two')).toEqual([true, 1, 'two']);
      expect(calls).toEqual(names);
    },
  );

  it('has baselines where the inner store has them', async () => {
    expect(openTestStore(new MemoryStore(), new TestClock()).baseline).toBeUndefined();
    opened = openTestStore('directory', new TestClock());
    const { records } = new Story(`${opened.sink.writer.number}-1`).open().identify().end();
    for (const { seq: _, ...draft } of records) opened.sink.append(draft as never);
    const baseline = await opened.baseline!({ at: GUIDE_START, routes: ['POST /webhook'], errors: [] });
    expect(baseline.routes).toMatchObject([{ route: 'POST /webhook', ended: 1 }]);
    expect('baseline' in opened).toBe(true);
  });
});
