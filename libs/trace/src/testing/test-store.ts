import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldStore } from '../held-store.js';
import type { RecordSink } from '../model/record.js';
import { openLocalJournal } from '../store/embedded/embedded-store.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import type { TraceStore } from '../store/port.js';
import { SteadySink } from './steady-sink.js';
import type { TestClock } from './test-clock.js';

/**
 * Where the traces of a test are kept. `memory`: nowhere else. `directory`: as in production, in a new directory that is
 * removed when the application closes. Or a store with a `sink` for its records, such as a `MemoryStore`.
 */
export type TestStorage = 'memory' | 'directory' | (TraceStore & { readonly sink: RecordSink });

/** Opens the store of a test. Its sink stamps records with the time of the test. */
export function openTestStore(storage: TestStorage, clock: TestClock): HeldStore & { readonly dir?: string } {
  if (storage === 'directory') return openTestDirectory(clock);
  const store = storage === 'memory' ? new MemoryStore() : storage;
  return { store, sink: new SteadySink(store.sink, clock), close: () => store.close() };
}

function openTestDirectory(clock: TestClock): HeldStore & { readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'trace-testing-'));
  const { writer, store, close } = openLocalJournal({ dir, durability: 'process' });
  return {
    dir,
    store,
    sink: new SteadySink(writer, clock),
    close: async () => {
      await close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
