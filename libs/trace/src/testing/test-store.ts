import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedStore } from '../store/embedded/embedded-store.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import type { TraceStore } from '../store/port.js';
import { SteadySink } from './steady-sink.js';
import type { TestClock } from './test-clock.js';

/**
 * Where the traces of a test are kept. `memory`: nowhere else. `directory`: as in production, in a new directory that is
 * removed when the application closes.
 */
export type TestStorage = 'memory' | 'directory' | TraceStore;

/** A store whose records carry the time of the test. */
export type TestStore = TraceStore & {
  /** The directory of `directory`. */
  readonly dir?: string;
};

/** Opens the store of a test. Every member of the port is the inner store's own, except `sink`, `close` and `dir`. */
export function openTestStore(storage: TestStorage, clock: TestClock): TestStore {
  if (typeof storage === 'object') return inTestTime(storage, clock);
  if (storage === 'memory') return inTestTime(new MemoryStore(), clock);
  const dir = mkdtempSync(join(tmpdir(), 'trace-testing-'));
  return inTestTime(EmbeddedStore.open({ dir, durability: 'process' }), clock, dir);
}

/**
 * Forwards by construction: a list of methods would miss the ones that the port gets later, and optional ones, whose
 * absence means something, would have to be tested for.
 */
function inTestTime(store: TraceStore, clock: TestClock, dir?: string): TestStore {
  const own = {
    dir,
    sink: new SteadySink(store.sink, clock),
    close: async (): Promise<void> => {
      await store.close();
      if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
  // Over an object of its own: a proxy of a frozen store would have to return its members unbound.
  return new Proxy(Object.create(null) as TestStore, {
    get: (_target, key) => {
      if (Object.hasOwn(own, key)) return own[key as keyof typeof own];
      const member: unknown = Reflect.get(store, key);
      // With the inner store as `this`: its private members are not on the proxy.
      return typeof member === 'function' ? member.bind(store) : member;
    },
    has: (_target, key) => Object.hasOwn(own, key) || Reflect.has(store, key),
  });
}
