import { NestedCalls } from '../follow/streams/stream-follower.js';
import type { ReadingSource } from '../follow/streams/stream-follower.js';
import type { Reading } from '../follow/streams/stream-use.js';
import { currentStore } from '../trace-context.js';

/** Runs a report to an observer; what it throws is counted. */
export type Tell = (fn: () => void) => void;

/** Receives what passes in a body. */
export type BodySink = Pick<Reading, 'part' | 'end' | 'fail' | 'leave'>;

/** The stream of one body, of which the first reading is reported. */
export class ObservedBody extends NestedCalls implements ReadingSource {
  private reading: Reading | undefined;

  /** @param onBegin called when a reader begins */
  constructor(
    private readonly sink: BodySink,
    private readonly tell: Tell,
    private readonly onBegin?: () => void,
  ) {
    super();
  }

  begin(): Reading | undefined {
    if (this.nested) return undefined;
    if (this.reading !== undefined) return this.reading.over ? undefined : this.reading;
    this.onBegin?.();
    return (this.reading = new BodyReading(this.sink, this.tell));
  }
}

class BodyReading implements Reading {
  over = false;
  /** The body is the caller's, and so is the context in which it is read. */
  readonly store = currentStore();

  constructor(
    private readonly sink: BodySink,
    private readonly tell: Tell,
  ) {}

  part(value: unknown): void {
    if (!this.over) this.tell(() => this.sink.part(value));
  }

  end(): void {
    this.settle(() => this.sink.end());
  }

  fail(error: unknown): void {
    this.settle(() => this.sink.fail(error));
  }

  leave(): void {
    this.settle(() => this.sink.leave());
  }

  private settle(report: () => void): void {
    if (this.over) return;
    this.over = true;
    this.tell(report);
  }
}
