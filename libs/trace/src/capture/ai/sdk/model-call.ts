import { NOTHING, type TraceRef } from '../../../context/recorder.js';
import { isPlainObject } from '../../../model/objects.js';
import { LibrarySpan, thisMoment, type Moment } from '../library-span.js';
import { modelAttributes, modelOutput, modelSpan, modelUsage, type AiEvent } from './ai-events.js';
import { ModelStream } from './model-stream.js';

/** A model call: one `llm` span, also where the SDK tries the call again. */
export class ModelCall {
  private readonly span: LibrarySpan;
  private readonly keepsOutput: boolean;
  private readonly keepsErrors: boolean;
  private stream: ModelStream | undefined;

  /** @param onLeft the application reads no further, or the stream broke and the SDK reports no error */
  constructor(
    parent: TraceRef,
    event: AiEvent,
    private readonly onLeft: () => void,
  ) {
    this.span = LibrarySpan.startModel(parent, modelSpan(event), 'inside');
    this.keepsOutput = event.recordOutputs !== false;
    // An error may contain the prompt or the answer. The SDK hides it where one of them is not to be recorded.
    this.keepsErrors = this.keepsOutput && event.recordInputs !== false;
  }

  get ref(): TraceRef {
    return this.span.ref;
  }

  get over(): boolean {
    return this.span.over;
  }

  /** The model has answered: a stream is watched while the SDK reads it. */
  answered(result: unknown): void {
    const stream = isPlainObject(result) ? result.stream : undefined;
    if (stream === undefined || this.over) return;
    this.stream?.stop();
    this.stream = ModelStream.watch(stream, this.ref, (end) => {
      const output = this.partial();
      if (end.kind === 'cancelled') this.span.end({ kind: 'cancelled', output, ended: end.ended });
      else if (this.keepsErrors) this.span.end({ kind: 'error', error: end.error, output, ended: end.ended });
      else this.span.end({ kind: 'error', error: undefined, quiet: true, output, ended: end.ended });
      if (end.kind === 'cancelled') this.onLeft();
    });
  }

  succeed(event: AiEvent): Moment {
    this.stream?.stop();
    this.span.end({
      kind: 'ok',
      output: this.keepsOutput ? modelOutput(event) : NOTHING,
      usage: modelUsage(event),
      attributes: modelAttributes(event),
    });
    return thisMoment();
  }

  fail(error: unknown): void {
    const output = this.partial();
    this.stream?.stop();
    this.span.end({ kind: 'error', error, output });
  }

  cancel(): void {
    const output = this.partial();
    this.stream?.stop();
    this.span.end({ kind: 'cancelled', output });
  }

  private partial(): unknown {
    const text = this.keepsOutput ? this.stream?.text : undefined;
    return text === undefined ? NOTHING : { text };
  }
}
