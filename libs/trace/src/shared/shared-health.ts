import type { SharedHealth } from '../model/health.js';
import type { StoreHealth, TraceStore } from '../store/port.js';
import type { Reach } from './reach.js';
import type { Shipper } from './shipper.js';

/** Milliseconds that health waits for the shared store. */
const PROBE_MS = 1_000;

export interface SharedHealthParts {
  local: TraceStore;
  remote: TraceStore;
  shipper: Shipper;
  reach: Reach;
  kind: string;
  /** The shared store for people, without its password. */
  shown: string;
  /** A time of the day for people. */
  timeOf: (ms: number) => string;
}

/** Health of the directory and of the shared store, which is probed now: the answer is that of this moment. */
export async function sharedHealth(parts: SharedHealthParts): Promise<StoreHealth> {
  const { local, remote, reach } = parts;
  const [found] = await Promise.all([local.health(), reach.probe(PROBE_MS)]);
  const shared = stateOf(parts);
  const others = shared.connected ? (await withoutFault(remote)).problems : [];
  return { ...found, shared, problems: [...found.problems, ...problemsOf(parts, shared), ...others] };
}

/** Reading and shipping have connections of their own: both must work. */
function stateOf({ kind, reach, shipper }: SharedHealthParts): SharedHealth {
  const reading = reach.current;
  const shipping = shipper.state;
  const down = [reading, shipping].filter(({ connected }) => !connected).map(({ sinceMs }) => sinceMs);
  const since = down.length > 0 ? Math.min(...down) : Math.max(reading.sinceMs, shipping.sinceMs);
  return {
    kind,
    connected: down.length === 0,
    since: new Date(since).toISOString(),
    lag_bytes: shipping.lagBytes,
    lag_ms: shipping.lagMs,
    unshipped_lost: shipping.lostBytes,
    last_error: (reading.connected ? undefined : reading.lastError) ?? shipping.lastError ?? reading.lastError ?? null,
  };
}

function problemsOf({ shown, timeOf, reach, shipper }: SharedHealthParts, shared: SharedHealth): string[] {
  const problems: string[] = [];
  const since = timeOf(Date.parse(shared.since));
  const reason = shared.last_error === null ? '' : `: ${shared.last_error.replace(/[.\s]+$/, '')}`;
  if (!shared.connected) {
    const what = !reach.current.connected
      ? 'has not answered'
      : 'answers questions, but has taken no records of this instance';
    const waiting = shipper.state.lagBytes > 0 ? ` ${shipper.state.lagBytes} bytes wait in the directory.` : '';
    problems.push(`The shared store ${shown} ${what} since ${since}${reason}.${waiting}`);
  }
  if (shared.unshipped_lost > 0) {
    problems.push(
      `${shared.unshipped_lost} bytes of the journal were deleted before the shared store had them, because more than ` +
        'storage.spool.maxBytes waited.',
    );
  }
  return problems;
}

async function withoutFault(store: TraceStore): Promise<StoreHealth> {
  try {
    return await store.health();
  } catch (error) {
    return { problems: [(error as Error).message] };
  }
}
