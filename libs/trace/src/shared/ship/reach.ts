import { wallNow } from '../../model/timers.js';
import type { ShipTarget } from '../ship-target.js';

/** A call that has not returned for this long counts as a failure, in milliseconds. */
const STALLED_MS = 10_000;

/** Whether a shared store answers, as the calls of this process find it. */
export class Reach {
  /** Until the first call has failed it is taken for reachable. */
  connected = true;
  sinceMs = wallNow();
  /** The last failure, also when it answers again. */
  lastError: Error | undefined;
  private readonly running = new Set<{ sinceMs: number }>();

  constructor(
    /** Called when `connected` has changed. */
    private readonly onChange: () => void,
  ) {}

  /** Makes a call, and notes how it went. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const call = { sinceMs: wallNow() };
    this.running.add(call);
    try {
      const result = await work();
      this.note(true);
      return result;
    } catch (error) {
      this.failed(error as Error);
      throw error;
    } finally {
      this.running.delete(call);
    }
  }

  /** Looks for calls that do not return. */
  look(): void {
    const since = Math.min(...Array.from(this.running, ({ sinceMs }) => sinceMs));
    const ms = wallNow() - since;
    if (ms >= STALLED_MS) this.failed(new Error(`no answer for ${Math.round(ms / 1000)} s`));
  }

  failed(error: Error): void {
    this.lastError = error;
    this.note(false);
  }

  private note(connected: boolean): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.sinceMs = wallNow();
    this.onChange();
  }
}

/** The target, with `reach` noting how the calls go. */
export function watched(target: ShipTarget, reach: Reach): ShipTarget {
  return {
    open: (source) => reach.call(() => target.open(source)),
    traces: (keys) => reach.call(() => target.traces(keys)),
    ship: (batch) => reach.call(() => target.ship(batch)),
    beat: (source, pulse, closed) => reach.call(() => target.beat(source, pulse, closed)),
    erasures: (source) => reach.call(() => target.erasures(source)),
    acknowledge: (source, ids) => reach.call(() => target.acknowledge(source, ids)),
    maintain: (limits) => reach.call(() => target.maintain(limits)),
    close: () => target.close(),
  };
}

/** An error in words, which a driver may have left empty. */
export function errorText(error: Error | undefined): string | null {
  if (!error) return null;
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || error.name;
}
