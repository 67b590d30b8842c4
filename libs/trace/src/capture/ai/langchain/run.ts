import type { SpanOutcome, SpanStart, TraceRef } from '../../../context/recorder.js';
import { ATTRIBUTE } from '../../../model/attributes.js';
import type { SpanType } from '../../../model/status.js';
import { clearTimeout, performance, setTimeout } from '../../../model/timers.js';
import { LibrarySpan } from '../library-span.js';

/**
 * Milliseconds without a sign of a run after which it no longer keeps its trace open. Where a stream of a model or a chain
 * is left, LangChain reports nothing more; a call at the wire keeps the trace open by itself, however long it takes.
 */
const SILENT_MS = 60_000;

/** A run of LangChain: a span, or a part of the run around it. */
export class Run {
  readonly ref: TraceRef;
  private readonly span: LibrarySpan | undefined;
  private readonly children = new Set<Run>();
  private readonly shown: { readonly type: SpanType; readonly name: string } | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private firstToken: number | undefined;

  /**
   * @param outer the trace in which the run was started
   * @param start `undefined`: the run is left out
   * @param onOver the run has ended
   */
  constructor(
    private readonly outer: TraceRef,
    private readonly parent: Run | undefined,
    start: SpanStart | undefined,
    private readonly onOver: () => void,
  ) {
    const around = parent?.contextAt(outer) ?? outer;
    const isModel = start?.kind === 'llm';
    // LangChain makes the calls of a model in the context in which the model was called.
    if (isModel) this.span = LibrarySpan.startModel(around, start, 'outside');
    else if (start) this.span = LibrarySpan.start(around, start);
    this.shown = start ? { type: start.kind, name: start.name } : parent?.shown;
    this.ref = this.span?.ref ?? around;
    parent?.children.add(this);
    if (isModel || parent === undefined) this.timer = setTimeout(() => this.span?.release(), SILENT_MS).unref();
  }

  /** Type and name of the nearest run that is a span: this one, or one around it. */
  get nearest(): { readonly type: SpanType; readonly name: string } | undefined {
    return this.shown;
  }

  /**
   * The context of work inside the run, for code that runs in `current`. LangChain calls a run's work in the context in
   * which the run was started, or in that of the run. Any other context is a step of the application's own, which is
   * inside the run and says more; `undefined` for that.
   */
  contextAt(current: TraceRef | undefined): TraceRef | undefined {
    return current === undefined || current === this.outer ? this.ref : undefined;
  }

  token(): void {
    this.timer?.refresh();
    if (this.span) this.firstToken ??= performance.now() - this.span.began;
  }

  /** Ends the run, and the runs inside it that LangChain has not ended: it reports no end of a stream that was left. */
  end(outcome: SpanOutcome): void {
    this.onOver();
    clearTimeout(this.timer);
    for (const child of this.children) child.end({ kind: 'cancelled' });
    this.children.clear();
    this.parent?.children.delete(this);
    if (this.firstToken === undefined) this.span?.end(outcome);
    else {
      const ms = Math.round(this.firstToken * 1_000) / 1_000;
      this.span?.end({ ...outcome, attributes: { ...outcome.attributes, [ATTRIBUTE.firstToken]: ms } });
    }
  }
}
