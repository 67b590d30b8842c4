import type { ActiveTrace } from '../trace/active-trace.js';

/** Failed calls that are remembered of one trace. */
const MAX_CALLS = 64;

/** Finds out which calls of a trace repeat a failed one: same step, method, address and body. */
export class Retries {
  /** Attempts by call. Only traces with a failed call have an entry. */
  private readonly failed = new WeakMap<ActiveTrace, Map<string, number>>();

  /** Number of attempts that failed before this one. */
  attemptsBefore(trace: ActiveTrace, key: () => string): number {
    const calls = this.failed.get(trace);
    return calls === undefined ? 0 : (calls.get(key()) ?? 0);
  }

  /** A call failed; it was the attempt with this number, from 0. */
  noteFailed(trace: ActiveTrace, key: string, attempt: number): void {
    let calls = this.failed.get(trace);
    if (!calls) this.failed.set(trace, (calls = new Map()));
    if (calls.size < MAX_CALLS || calls.has(key)) calls.set(key, attempt + 1);
  }

  /** A call succeeded: the next one like it is no retry. */
  noteDone(trace: ActiveTrace, key: () => string): void {
    this.failed.get(trace)?.delete(key());
  }
}
