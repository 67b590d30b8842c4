import { wallNow } from '../../model/timers.js';
import type { ShipTarget } from '../ship-target.js';

/** A call that has not returned for this long counts as a failure, in milliseconds. */
const STALLED_MS = 10_000;

/** Calls of a target that fail apart: a database that is full still answers whether there are erasures. */
type CallName = Exclude<keyof ShipTarget, 'close'>;

/** With a batch that was stored, the place and the traces were read too. */
const ALSO: Partial<Record<CallName, readonly CallName[]>> = { ship: ['open', 'traces'] };

/** Whether a shared store does what it is asked, as the calls of this process find it. */
export class Reach {
  sinceMs = wallNow();
  /** The last failure, also when it works again. */
  lastError: Error | undefined;
  /** The last change was for the better. */
  isImproving = false;
  private readonly failing = new Set<CallName>();
  private readonly running = new Set<{ name: CallName; sinceMs: number }>();

  /** @param onChange called when `connected` has changed, and when the store answers while batches fail */
  constructor(private readonly onChange: () => void) {}

  /** Until the first call has failed it is taken for reachable. */
  get connected(): boolean {
    return this.failing.size === 0;
  }

  /** Makes a call, and notes how it went. */
  async call<T>(name: CallName, work: () => Promise<T>): Promise<T> {
    const call = { name, sinceMs: wallNow() };
    this.running.add(call);
    try {
      const result = await work();
      this.worked(name);
      return result;
    } catch (error) {
      this.failed(name, error as Error);
      throw error;
    } finally {
      this.running.delete(call);
    }
  }

  /** Looks for calls that do not return. */
  look(): void {
    const now = wallNow();
    for (const { name, sinceMs } of this.running) {
      const ms = now - sinceMs;
      if (ms >= STALLED_MS) this.failed(name, new Error(`no answer for ${Math.round(ms / 1000)} s`));
    }
  }

  private worked(name: CallName): void {
    const before = this.failing.size;
    for (const each of [name, ...(ALSO[name] ?? [])]) this.failing.delete(each);
    if (this.failing.size === before) return;
    if (this.connected) this.sinceMs = wallNow();
    this.isImproving = true;
    this.onChange();
  }

  private failed(name: CallName, error: Error): void {
    this.lastError = error;
    // Maintenance is some process's: what is not done now is done in a minute.
    if (name === 'maintain') return;
    const { connected } = this;
    this.failing.add(name);
    if (!connected) return;
    this.sinceMs = wallNow();
    this.isImproving = false;
    this.onChange();
  }
}

/** The target, with `reach` noting how the calls go. */
export function watched(target: ShipTarget, reach: Reach): ShipTarget {
  return {
    open: (source) => reach.call('open', () => target.open(source)),
    traces: (keys) => reach.call('traces', () => target.traces(keys)),
    ship: (batch) => reach.call('ship', () => target.ship(batch)),
    beat: (source, pulse, closed) => reach.call('beat', () => target.beat(source, pulse, closed)),
    erasures: (source) => reach.call('erasures', () => target.erasures(source)),
    acknowledge: (source, ids) => reach.call('acknowledge', () => target.acknowledge(source, ids)),
    maintain: (limits) => reach.call('maintain', () => target.maintain(limits)),
    close: () => target.close(),
  };
}

/** An error in words, which a driver may have left empty. */
export function errorText(error: Error | undefined): string | null {
  if (!error) return null;
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || error.name;
}
