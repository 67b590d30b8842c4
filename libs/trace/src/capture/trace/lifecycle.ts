import type { Clock } from '../../model/clock.js';
import type { Micros } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import { clearInterval, performance, setInterval } from '../../model/timers.js';
import type { ActiveTrace } from './active-trace.js';
import type { LifecycleOptions } from '../capture.options.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ContactResolver } from './contact/contact-resolver.js';
import type { TraceOutput } from './trace-output.js';
import type { TraceRegistry } from './trace-registry.js';

/**
 * Milliseconds that a request may go without a handler before its trace is visible as running: one that hangs in a
 * middleware is what people look for. Most handlers are reached within one millisecond.
 */
const HOLD_MS = 1_000;

/**
 * Decides when a trace is over: its response is out, nothing is open, and it has been quiet for `quietMs`. One unref'd
 * timer checks all of them, and only while there are any: a timer per trace would pin each one's context.
 *
 * A trace ends at the time of the last thing that happened in it, not when the timer found that: the quiet time is no part
 * of its duration. Where a deadline ends it (`maxMs`, the time in which a reply was due, a shutdown while work was open)
 * it ends at that deadline.
 */
export class Lifecycle {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: TraceRegistry,
    private readonly contacts: ContactResolver,
    private readonly output: TraceOutput,
    private readonly clock: Clock,
    private readonly options: LifecycleOptions,
    private readonly internalErrors: InternalErrors,
  ) {}

  /** Starts the sweep timer if it is not running. */
  watch(): void {
    if (this.timer) return;
    const period = Math.min(250, Math.max(10, this.options.quietMs / 4));
    this.timer = setInterval(() => this.internalErrors.guard('lifecycle', () => this.sweep()), period).unref();
  }

  sweep(now: number = performance.now()): void {
    for (const trace of this.registry.running()) {
      // A trace that cannot be ended must not keep all others open.
      this.internalErrors.guard('lifecycle', () => {
        if (trace.fate === 'held' && !trace.inDoubt && now - trace.startedMono >= HOLD_MS) this.output.open(trace);
        const end = this.endOf(trace, now);
        if (end) this.end(trace, end);
      });
    }
    if (this.registry.size === 0) this.stop();
  }

  /**
   * The application shuts down. A trace that was not quiet yet is `interrupted`: work that nothing holds open may have been
   * cut off. Two ends are certain without a quiet time: an error that was recorded, and the end of what `runInTrace` ran.
   */
  endAll(): void {
    const now = performance.now();
    for (const trace of this.registry.running()) {
      this.internalErrors.guard('shutdown', () => {
        if (!trace.idle) this.end(trace, { status: 'interrupted', at: this.clock.now() });
        else if (trace.errors > 0 || trace.manual) this.end(trace, this.outcome(trace, now));
        else this.end(trace, { status: 'interrupted', at: trace.lastAt });
      });
    }
    this.stop();
  }

  /** Ends a trace whose request was refused before any handler ran, if it has no open work. */
  endRefused(trace: ActiveTrace): void {
    if (!trace.ended && trace.idle) this.end(trace, this.outcome(trace, performance.now()));
  }

  private endOf(trace: ActiveTrace, now: number): TraceEnd | undefined {
    if (trace.idle && now - trace.lastActivity >= this.options.quietMs) {
      if (!this.owesReply(trace) || !this.mayStillReply(trace, now)) return this.outcome(trace, now);
    }
    if (now - trace.startedMono < this.options.maxMs) return undefined;
    return trace.idle ? this.outcome(trace, now) : { status: 'timeout', at: deadline(trace, this.options.maxMs) };
  }

  private outcome(trace: ActiveTrace, now: number): TraceEnd {
    const at = trace.lastAt;
    if (trace.errors > 0) return { status: 'error', at };
    if (this.owesReply(trace) && !this.mayStillReply(trace, now)) {
      const within = this.options.replyWithinMs;
      return { status: 'silent', at: Number.isFinite(within) ? deadline(trace, within as number) : at };
    }
    return { status: trace.clientLeft ? 'cancelled' : 'completed', at };
  }

  private owesReply(trace: ActiveTrace): boolean {
    const within = this.options.replyWithinMs;
    if (within === false || !trace.awaitsReply) return false;
    return trace.firstReplyMs === undefined || trace.firstReplyMs > within;
  }

  /** Only a finite deadline is worth waiting for; without one, the end of the work is the deadline. */
  private mayStillReply(trace: ActiveTrace, now: number): boolean {
    const within = this.options.replyWithinMs;
    return within !== false && Number.isFinite(within) && now - trace.startedMono < within;
  }

  private end(trace: ActiveTrace, { status, at }: TraceEnd): void {
    try {
      this.output.settle(trace);
      this.contacts.resolve(trace);
      this.output.append(trace, {
        kind: 'end',
        ts: at,
        trace: trace.key,
        status,
        dropped: trace.dropped > 0 ? trace.dropped : undefined,
      });
    } finally {
      // Also if the write failed: the trace would stay in memory and be retried for ever.
      this.registry.end(trace);
    }
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

interface TraceEnd {
  status: Exclude<TraceStatus, 'active'>;
  at: Micros;
}

/** The moment at which a time ran out, or the last thing that happened where that was later. */
function deadline({ startedAt, lastAt }: ActiveTrace, withinMs: number): Micros {
  return Math.max(lastAt, startedAt + Math.round(withinMs * 1000));
}
