import type { RecordDraft, RecordSink } from '../model/record.js';
import { together } from '../model/together.js';
import type { Writer } from '../model/trace-key.js';
import type { TestClock } from './test-clock.js';

/**
 * Passes records on, a millisecond of the test's clock apart. Durations, which capture takes from the monotonic clock of
 * the machine, become what the test's clock says: otherwise no two runs would have the same trace.
 */
export class SteadySink implements RecordSink {
  /** When traces and open spans began, by their names. */
  private readonly begun = new Map<string, number>();

  constructor(
    private readonly sink: RecordSink,
    private readonly clock: TestClock,
  ) {}

  get writer(): Writer {
    return this.sink.writer;
  }

  append(draft: RecordDraft): boolean {
    const kept = this.sink.append(this.steady(draft));
    this.clock.advance(1);
    return kept;
  }

  together(work: () => void): void {
    together(this.sink, work);
  }

  private steady(draft: RecordDraft): RecordDraft {
    switch (draft.kind) {
      case 'open':
        this.begun.set(draft.trace, draft.ts);
        return draft;
      case 'span':
        this.begun.set(draft.span, draft.ts);
        return draft;
      case 'span_end': {
        const ms = this.since(draft.span, draft.ts);
        this.begun.delete(draft.span);
        return { ...draft, ms: ms ?? draft.ms };
      }
      case 'response':
        return { ...draft, ms: this.since(draft.trace, draft.ts) ?? draft.ms };
      case 'end':
        this.begun.delete(draft.trace);
        return draft;
      default:
        return draft;
    }
  }

  private since(name: string, ts: number): number | undefined {
    const begun = this.begun.get(name);
    return begun === undefined ? undefined : Math.max(0, (ts - begun) / 1000);
  }
}
