import type { RecordDraft, RecordSink } from '../../model/record.js';
import { together } from '../../model/together.js';
import type { ActiveTrace } from './active-trace.js';
import type { TraceRegistry } from './trace-registry.js';

/**
 * Writes the records of traces. A trace that opened before the router chose a handler is `held`: its records wait in
 * memory, at most one of each kind that capture makes by itself, because the handler may say `@NoTrace()`. What user code
 * records is written at once, with the `open` record before it, so that `kill -9` loses no acknowledged event.
 */
export class TraceOutput {
  constructor(
    private readonly sink: RecordSink,
    private readonly registry: TraceRegistry,
  ) {}

  /** What `work` records is written together, before this returns. */
  together(work: () => void): void {
    together(this.sink, work);
  }

  /** Writes a record that capture makes by itself. Returns whether it was written or is held. */
  append(trace: ActiveTrace, draft: RecordDraft): boolean {
    if (draft.ts > trace.lastAt) trace.lastAt = draft.ts;
    switch (trace.fate) {
      case 'kept':
        return this.sink.append(draft);
      case 'held':
        trace.held.push(draft);
        return true;
      case 'muted':
        return this.appendMuted(draft);
      case 'dropped':
        return false;
    }
  }

  /** Writes a record of user code: it is in the journal before this returns. */
  appendNow(trace: ActiveTrace, draft: RecordDraft): boolean {
    if (trace.fate !== 'held') return this.append(trace, draft);
    if (draft.ts > trace.lastAt) trace.lastAt = draft.ts;
    this.open(trace);
    return this.sink.append(draft);
  }

  /** Writes the `open` record of a held trace: the trace is visible from now on, as running. */
  open(trace: ActiveTrace): void {
    if (trace.held[0]?.kind === 'open') this.sink.append(trace.held.shift()!);
  }

  /** Decides that the trace is recorded. */
  keep(trace: ActiveTrace): void {
    if (trace.fate !== 'held') return;
    trace.fate = 'kept';
    const { held } = trace;
    trace.held = NONE;
    for (const draft of held) this.sink.append(draft);
  }

  /**
   * Decides that the trace is not recorded. If nothing was written, nothing is. If user code recorded something, that
   * stays, and the trace ends.
   */
  drop(trace: ActiveTrace): void {
    if (trace.fate !== 'held') return;
    const unseen = trace.held[0]?.kind === 'open';
    trace.fate = unseen ? 'dropped' : 'muted';
    trace.held = NONE;
    trace.request?.watch?.stop();
    trace.request = undefined;
    trace.identified = true;
    if (unseen) this.registry.end(trace);
  }

  /** No handler was reached: a refusal under a webhook's path is recorded, unless the path may be a `@NoTrace()` route's. */
  settle(trace: ActiveTrace): void {
    trace.confirm?.();
    if (trace.fate !== 'held') return;
    if (trace.inDoubt) this.drop(trace);
    else this.keep(trace);
  }

  /** A muted trace writes only the ends of its spans, without values, and its own end. */
  private appendMuted(draft: RecordDraft): boolean {
    if (draft.kind === 'end') return this.sink.append(draft);
    return (
      draft.kind === 'span_end' && this.sink.append({ ...draft, input: undefined, output: undefined, usage: undefined })
    );
  }
}

const NONE: RecordDraft[] = [];
