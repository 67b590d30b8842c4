import type { ErrorAbout, TraceRef } from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import { EVENT } from '../../model/vocabulary.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { Admission } from './admission.js';
import type { ControlFlow } from './control-flow.js';
import type { RecordFields } from './record-fields.js';
import type { TraceOutput } from './trace-output.js';

/** A thrown value and where it was recorded. */
export interface Thrown {
  readonly error: unknown;
  readonly location: string;
  readonly context?: unknown;
  readonly about?: ErrorAbout;
}

/** Writes thrown values, each once per trace: as an `error` record, or as an event where the exception is control flow. */
export class ErrorRecorder {
  constructor(
    private readonly admission: Admission,
    private readonly output: TraceOutput,
    private readonly serializer: Serializer,
    private readonly fields: RecordFields,
    private readonly clock: Clock,
    /** Why an exception is no error; `undefined`: it is an error. */
    readonly controlFlow: ControlFlow,
  ) {}

  /** @param reason what `controlFlow` returned for the error */
  write(ref: TraceRef, thrown: Thrown, reason: string | undefined): void {
    if (reason === undefined) this.writeError(ref, thrown);
    else this.writeControlFlow(ref, thrown, reason);
  }

  private writeError(ref: TraceRef, { error, location, context, about }: Thrown): void {
    const trace = this.admission.admit(ref, true);
    if (!trace) return;
    const parts = this.serializer.error(error);
    trace.errors += 1;
    trace.addErrorMessage(parts.message);
    this.output.appendNow(trace, {
      kind: 'error',
      ts: this.clock.now(),
      trace: trace.key,
      span: ref.span,
      location: this.fields.location(location),
      ...parts,
      guard: about?.guard === undefined ? undefined : this.fields.name(about.guard),
      after_response: (trace.headersSent && !about?.inResponse) || undefined,
      context: this.fields.payload(context),
      late: trace.ended || undefined,
    });
  }

  private writeControlFlow(ref: TraceRef, { error, location }: Thrown, reason: string): void {
    const trace = this.admission.admit(ref, false);
    if (!trace) return;
    const { type, message } = this.serializer.error(error);
    this.output.appendNow(trace, {
      kind: 'event',
      ts: this.clock.now(),
      trace: trace.key,
      type: EVENT.controlFlow,
      span: ref.span,
      data: this.fields.payload({ location: this.fields.location(location), type, message, reason }),
      late: trace.ended || undefined,
    });
  }
}
