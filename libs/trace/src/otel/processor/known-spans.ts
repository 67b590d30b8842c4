import type { SpanHandle, TraceRef } from '../../context/recorder.js';
import type { SpanId } from '../../model/record.js';

/** A span of OpenTelemetry that began inside a trace. */
export interface KnownSpan {
  readonly id: SpanId;
  readonly scope: string;
  /** The context in which it began. */
  readonly ref: TraceRef;
  /** The span itself where it is recorded, else the nearest recorded one around it. */
  readonly recorded: KnownSpan | undefined;
  /** Capture records the same work, and what the same library reports inside it. */
  readonly captured: boolean;
  /** Present: it is recorded and has not ended. */
  handle: SpanHandle | undefined;
  /** Its type is known at its end only. */
  undecided: boolean;
}

/** Spans that have not ended, in all traces. */
const MAX_OPEN = 10_000;
/** Ended spans that may still be the parent of one that begins. */
const MAX_ENDED = 2_000;

/** The spans that began inside traces, by id: those that are open, and the last ones that ended. */
export class KnownSpans {
  private readonly open = new Map<SpanId, KnownSpan>();
  /** In two halves, of which the older one goes at once: to take the oldest of one map has to pass all that it had. */
  private ended = new Map<SpanId, KnownSpan>();
  private endedBefore = new Map<SpanId, KnownSpan>();

  /** @param onDropped an open span was forgotten, because there were too many */
  constructor(private readonly onDropped: (span: KnownSpan) => void) {}

  get size(): number {
    return this.open.size + this.ended.size + this.endedBefore.size;
  }

  get(id: SpanId | undefined): KnownSpan | undefined {
    if (id === undefined) return undefined;
    return this.open.get(id) ?? this.ended.get(id) ?? this.endedBefore.get(id);
  }

  add(span: KnownSpan): void {
    if (this.open.size >= MAX_OPEN) {
      const oldest = this.open.values().next().value!;
      this.open.delete(oldest.id);
      this.onDropped(oldest);
    }
    this.open.set(span.id, span);
  }

  /** The span has ended; `undefined`: it is not known. */
  end(id: SpanId): KnownSpan | undefined {
    const span = this.open.get(id);
    if (span === undefined) return undefined;
    this.open.delete(id);
    this.ended.set(id, span);
    if (this.ended.size >= MAX_ENDED / 2) {
      this.endedBefore = this.ended;
      this.ended = new Map();
    }
    return span;
  }

  /** Forgets all. Returns those that had not ended. */
  clear(): KnownSpan[] {
    const open = [...this.open.values()];
    this.open.clear();
    this.ended.clear();
    this.endedBefore.clear();
    return open;
  }
}
