import type { EventDto } from '../../contract/responses.js';
import { isSpan } from '../events/event-response.js';

/**
 * Numbers of a trace's steps for people: 1, 2, 3 in the order of its events. `seq` counts all records of a process, so the
 * first step of a trace may have 10,482.
 */
export class StepNumbers {
  private readonly bySeq = new Map<number, number>();

  constructor(private readonly events: readonly EventDto[] = []) {
    for (let index = 0; index < events.length; index += 1) this.bySeq.set(events[index]!.seq, index + 1);
  }

  /** The step of this `seq`; the `seq` itself when there is none. */
  of(seq: number): number {
    return this.bySeq.get(seq) ?? seq;
  }

  /** The span in which the point with this `seq` happened; `undefined` when there is none. */
  around(seq: number): number | undefined {
    const span = this.events[this.of(seq) - 1]?.span_id ?? null;
    const index = span === null ? -1 : this.events.findIndex((event) => event.span_id === span && isSpan(event));
    return index === -1 ? undefined : index + 1;
  }
}
