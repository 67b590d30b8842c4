import type { Clock } from '../model/clock.js';
import type { TraceStatus } from '../model/status.js';
import { clearInterval, performance, setInterval } from '../model/timers.js';
import type { ActiveTrace } from './active-trace.js';
import type { LifecycleOptions } from './capture.options.js';
import type { SelfErrors } from './self-errors.js';
import type { TraceIdentifier } from './trace-identifier.js';
import type { TraceOutput } from './trace-output.js';
import type { TraceRegistry } from './trace-registry.js';

/**
 * Milliseconds that a request may go without a handler before its trace is visible as running: one that hangs in a
 * middleware is what people look for. Most handlers are reached within one millisecond.
 */
const HOLD_MS = 1_000;

/**
 * Decides when a trace is over: its response is out, nothing is open, and it has been quiet for `quietMs`. One unref'd
 * timer looks at all of them, and only while there are any: a timer per trace would pin each one's context.
 */
export class Lifecycle {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: TraceRegistry,
    private readonly identifier: TraceIdentifier,
    private readonly output: TraceOutput,
    private readonly clock: Clock,
    private readonly options: LifecycleOptions,
    private readonly selfErrors: SelfErrors,
  ) {}

  /** A trace began: from now on somebody looks after it. */
  watch(): void {
    if (this.timer) return;
    const period = Math.min(250, Math.max(10, this.options.quietMs / 4));
    this.timer = setInterval(() => this.selfErrors.guard('lifecycle', () => this.sweep()), period).unref();
  }

  sweep(now: number = performance.now()): void {
    for (const trace of this.registry.running()) {
      // One that cannot be ended must not keep all others open.
      this.selfErrors.guard('lifecycle', () => {
        if (trace.fate === 'held' && !trace.inDoubt && now - trace.startedMono >= HOLD_MS) this.output.open(trace);
        const status = this.verdict(trace, now);
        if (status) this.end(trace, status);
      });
    }
    if (this.registry.size === 0) this.stop();
  }

  /** The application shuts down: what is still open was cut off, what was only waiting for quiet is over. */
  endAll(): void {
    for (const trace of this.registry.running()) {
      const status = trace.idle ? this.outcome(trace, Number.POSITIVE_INFINITY) : 'interrupted';
      this.selfErrors.guard('shutdown', () => this.end(trace, status));
    }
    this.stop();
  }

  private verdict(trace: ActiveTrace, now: number): EndStatus | undefined {
    if (trace.idle && now - trace.lastActivity >= this.options.quietMs) {
      if (!this.owesReply(trace) || !this.mayStillReply(trace, now)) return this.outcome(trace, now);
    }
    return now - trace.startedMono >= this.options.maxMs ? this.overdue(trace, now) : undefined;
  }

  private overdue(trace: ActiveTrace, now: number): EndStatus {
    return trace.idle ? this.outcome(trace, now) : 'timeout';
  }

  private outcome(trace: ActiveTrace, now: number): EndStatus {
    if (trace.errors > 0) return 'error';
    return this.owesReply(trace) && !this.mayStillReply(trace, now) ? 'silent' : 'completed';
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

  private end(trace: ActiveTrace, status: EndStatus): void {
    try {
      this.output.settle(trace);
      this.identifier.now(trace);
      this.output.append(trace, {
        kind: 'end',
        ts: this.clock.now(),
        trace: trace.key,
        status,
        dropped: trace.dropped > 0 ? trace.dropped : undefined,
      });
    } finally {
      // Whether or not that could be written: it would be tried for ever, and kept in memory.
      this.registry.end(trace);
    }
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

type EndStatus = Exclude<TraceStatus, 'active'>;
