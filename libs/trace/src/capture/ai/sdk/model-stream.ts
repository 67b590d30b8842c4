import type { TraceRef } from '../../../context/recorder.js';
import type { ContextStore } from '../../../context/trace-context.js';
import { attachWebStream, isWebStream } from '../../../context/follow/streams/follow-web-stream.js';
import { NestedCalls, type ReadingSource } from '../../../context/follow/streams/stream-follower.js';
import { StreamParts } from '../../../context/follow/streams/stream-parts.js';
import type { Reading } from '../../../context/follow/streams/stream-use.js';
import { clearTimeout, performance, setTimeout } from '../../../model/timers.js';
import { thisMoment, type Moment } from '../library-span.js';

/**
 * Milliseconds without a request for the next part, after which a stream counts as left. The SDK splits a stream, and a
 * reader that leaves cancels its branch only: the source is never cancelled, it is just not read any more. A model that is
 * slow is different: there a part is asked for and does not come, for as long as that may take.
 */
const LEFT_AFTER_MS = 10_000;

/** How a stream ended before the SDK said so. */
export type StreamEnd =
  | { readonly kind: 'cancelled'; readonly ended: Moment }
  | { readonly kind: 'error'; readonly error: unknown; readonly ended: Moment };

/** The stream that a model answers, as the SDK reads it. */
export class ModelStream extends NestedCalls implements ReadingSource, Reading {
  over = false;
  private readonly parts = new StreamParts();
  private asked = true;
  private last: Moment | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly ref: TraceRef,
    private readonly onEnd: (end: StreamEnd) => void,
    private readonly leftAfterMs: number,
  ) {
    super();
  }

  /** `undefined`: this is no stream, or one that cannot be watched. */
  static watch(
    stream: unknown,
    ref: TraceRef,
    onEnd: (end: StreamEnd) => void,
    leftAfterMs = LEFT_AFTER_MS,
  ): ModelStream | undefined {
    if (typeof stream !== 'object' || stream === null || !isWebStream(stream)) return undefined;
    const watched = new ModelStream(ref, onEnd, leftAfterMs);
    return attachWebStream(watched, stream) ? watched : undefined;
  }

  /** The context in which the model's stream is read. It is asked for before each part is. */
  get store(): ContextStore {
    this.asked = true;
    return this.ref;
  }

  /** The text that was read. */
  get text(): string | undefined {
    return this.parts.summary().text;
  }

  begin(): Reading | undefined {
    return this.nested || this.over ? undefined : this;
  }

  part(value: unknown): void {
    if (this.over) return;
    this.asked = false;
    this.last = thisMoment();
    this.parts.add(value);
    this.timer ??= setTimeout(() => this.check(), this.leftAfterMs).unref();
  }

  /** Read to its end: the SDK reports that itself. */
  end(): void {
    this.settle();
  }

  fail(error: unknown): void {
    if (this.settle()) this.onEnd({ kind: 'error', error, ended: thisMoment() });
  }

  leave(): void {
    if (this.settle()) this.onEnd({ kind: 'cancelled', ended: this.last ?? thisMoment() });
  }

  /** Ends the watch without a report. */
  stop(): void {
    this.settle();
  }

  private check(): void {
    if (this.over) return;
    const quiet = performance.now() - (this.last?.mono ?? 0);
    // Timers may be a millisecond early.
    if (!this.asked && quiet >= this.leftAfterMs - 2) this.leave();
    else this.timer?.refresh();
  }

  private settle(): boolean {
    if (this.over) return false;
    this.over = true;
    clearTimeout(this.timer);
    return true;
  }
}
