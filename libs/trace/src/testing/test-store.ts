import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordSink } from '../model/record.js';
import type { TraceFilter } from '../model/trace.js';
import { EmbeddedStore } from '../store/embedded-store.js';
import { MemoryStore } from '../store/memory-store.js';
import type { TraceStore } from '../store/port.js';
import { SteadySink } from './steady-sink.js';
import type { TestClock } from './test-clock.js';

/**
 * Where the traces of a test are kept. `memory`: nowhere else. `directory`: as in production, in a new directory that is
 * removed when the application closes.
 */
export type TestStorage = 'memory' | 'directory' | TraceStore;

/** A store whose records carry the time of the test. */
export class TestStore implements TraceStore {
  readonly sink: RecordSink;

  private constructor(
    private readonly store: TraceStore,
    clock: TestClock,
    /** The directory of `directory`. */
    readonly dir?: string,
  ) {
    this.sink = new SteadySink(store.sink, clock);
  }

  static open(storage: TestStorage, clock: TestClock): TestStore {
    if (typeof storage === 'object') return new TestStore(storage, clock);
    if (storage === 'memory') return new TestStore(new MemoryStore(), clock);
    const dir = mkdtempSync(join(tmpdir(), 'trace-testing-'));
    return new TestStore(EmbeddedStore.open({ dir, durability: 'process' }), clock, dir);
  }

  list(filter: TraceFilter, limit: number, before?: string) {
    return this.store.list(filter, limit, before);
  }

  get(traceId: string) {
    return this.store.get(traceId);
  }

  idsWithPrefix(prefix: string, limit: number) {
    return this.store.idsWithPrefix(prefix, limit);
  }

  heads(keys: string[]) {
    return this.store.heads(keys);
  }

  counts() {
    return this.store.counts();
  }

  sample(range: { since?: number; until?: number }) {
    return this.store.sample(range);
  }

  health() {
    return this.store.health();
  }

  head() {
    return this.store.head();
  }

  readAfter(after: string | undefined, options: { limit: number; until?: string }) {
    return this.store.readAfter(after, options);
  }

  onMore(listener: () => void) {
    return this.store.onMore(listener);
  }

  clear(options: { keepErrors: boolean }) {
    return this.store.clear(options);
  }

  pin(traceId: string, pinned: boolean) {
    return this.store.pin(traceId, pinned);
  }

  eraseContact(contactId: string) {
    return this.store.eraseContact(contactId);
  }

  async close(): Promise<void> {
    await this.store.close();
    if (this.dir !== undefined) rmSync(this.dir, { recursive: true, force: true });
  }
}
