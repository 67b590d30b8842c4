import type { SharedHealth } from './model/health.js';
import { clearInterval, setInterval, wallNow } from './model/timers.js';
import { TraceCollectorError } from './model/errors.js';
import { KEEP_ALL, KEEP_ALL_EACH_MS } from './shared/keep-all.js';
import { openDirectory } from './store/embedded/read-only-store.js';
import type { StoreHealth, TraceStore } from './store/port.js';
import type { SharedTarget } from './store/shared-target.js';
import { openServedRecorder } from './serve-recorder.js';
import type { ServedStore, ServeOptions } from './serve.options.js';
import { openSharedReader } from './targets/shared-readers.js';
import { openShipTarget } from './targets/ship-targets.js';

/** For the 501 of a receiver that records nothing. */
const NOT_ASKED = {
  instead: 'Start `serve` with --record to record them into its directory, or send them to the application.',
};
const NO_DIRECTORY = {
  instead:
    'A shared store is only read: send them to an application that uses it, or record them into a directory with `serve --record --dir <dir>`.',
};

/** @param warn receives a line for each problem that does not stop the start */
export async function openServedStore({
  source,
  env,
  warn,
}: Pick<ServeOptions, 'source' | 'env' | 'warn'>): Promise<ServedStore> {
  if ('dir' in source) {
    const { dir, record } = source;
    if (record) return openServedRecorder(dir, record, { env, warn });
    const store = await openDirectory(dir);
    for (const problem of store.problems) warn(problem);
    return { store, spans: NOT_ASKED, close: () => store.close() };
  }
  // Only applications and `db migrate` create tables: a wrong address must not leave a schema in a stranger's database.
  const target: SharedTarget = { ...source.target, manage: 'off' };
  const store = new ServedSharedStore(target.kind, openSharedReader(target));
  const stop = maintain(target, store);
  const close = async (): Promise<void> => {
    await stop();
    await store.close();
  };
  try {
    await checkDriver(store, warn);
  } catch (error) {
    await close();
    throw error;
  }
  return { store: store.served, spans: NO_DIRECTORY, close };
}

/** A missing driver does not come by itself; a database does. */
async function checkDriver(store: ServedSharedStore, warn: (line: string) => void): Promise<void> {
  try {
    await store.served.list({ limit: 1 });
  } catch (error) {
    if (!(error instanceof TraceCollectorError) || error.code === 'DRIVER_MISSING') throw error;
    warn(error.message);
  }
}

/** Returns the function that stops it. */
function maintain(target: SharedTarget, store: ServedSharedStore): () => Promise<void> {
  const ship = openShipTarget(target);
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await ship.maintain(KEEP_ALL);
      store.maintenanceFault = undefined;
    } catch (error) {
      store.maintenanceFault = (error as Error).message;
    }
  };
  const timer = setInterval(() => (running = run()), KEEP_ALL_EACH_MS).unref();
  return async () => {
    clearInterval(timer);
    await running;
    await ship.close();
  };
}

/** A reader whose health says since when the database is in reach. */
class ServedSharedStore {
  maintenanceFault: string | undefined;
  readonly served: TraceStore;
  private connected = true;
  private since = wallNow();
  private lastError: string | null = null;

  constructor(
    private readonly kind: SharedHealth['kind'],
    private readonly reader: TraceStore,
  ) {
    // The reader's capabilities are members of its prototype and of itself.
    this.served = Object.create(reader, { health: { value: () => this.health() } }) as TraceStore;
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private async health(): Promise<StoreHealth> {
    const found = await this.reader.health();
    const [problem] = found.problems;
    const connected = problem === undefined;
    if (connected !== this.connected) this.since = wallNow();
    this.connected = connected;
    if (problem !== undefined) this.lastError = problem;
    const fault = this.maintenanceFault;
    const problems =
      connected && fault !== undefined ? [`The shared store is not maintained: ${fault}`] : found.problems;
    return {
      ...found,
      problems,
      shared: found.shared ?? {
        kind: this.kind,
        connected,
        since: new Date(this.since).toISOString(),
        lag_bytes: 0,
        lag_ms: 0,
        unshipped_lost: 0,
        last_error: this.lastError,
      },
    };
  }
}
