import type { SpanHandle, SpanOutcome, SpanStart, TraceRef } from '../../context/recorder.js';
import { SystemClock } from '../../model/clock.js';
import type { Micros } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { OpenSpanInfo } from '../trace/open-spans.js';

/** A moment: wall time, and milliseconds of the monotonic clock. */
export interface Moment {
  readonly at: Micros;
  readonly mono: number;
}

const clock = new SystemClock();

export function thisMoment(): Moment {
  return { at: clock.now(), mono: performance.now() };
}

/** A span of work that a library reports. Its end counts once. */
export class LibrarySpan {
  readonly began = performance.now();
  over = false;

  private constructor(
    private readonly handle: SpanHandle | undefined,
    readonly parent: TraceRef,
  ) {}

  /** Where the trace takes no more spans, nothing is recorded, and work inside belongs to the parent. */
  static start(parent: TraceRef, start: SpanStart): LibrarySpan {
    return new LibrarySpan(parent.recorder.startSpan(parent, start), parent);
  }

  /**
   * A model call. The call at the wire that belongs to it is recorded as a part of it, and its tokens count once.
   * @param calls `inside`: that call is made in the context of the span. `outside`: it is not, and finds the span as one that
   * waits for a call
   */
  static startModel(parent: TraceRef, start: SpanStart, calls: 'inside' | 'outside'): LibrarySpan {
    const span = LibrarySpan.start(parent, start);
    const info = (span.handle as { info?: OpenSpanInfo } | undefined)?.info;
    if (info !== undefined) info.awaitsCall = calls === 'outside';
    return span;
  }

  /** The context of work inside the span. */
  get ref(): TraceRef {
    return this.handle?.ref ?? this.parent;
  }

  /** The span does not keep the trace open any longer. It may still end. */
  release(): void {
    if (!this.over) this.handle?.release?.();
  }

  end(outcome: SpanOutcome): void {
    if (this.over) return;
    this.over = true;
    this.handle?.end(outcome);
  }
}

/** The attributes that have a value. */
export function attributesOf(
  given: Readonly<Record<string, string | number | undefined>>,
): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) attributes[name] = value;
  return attributes;
}
