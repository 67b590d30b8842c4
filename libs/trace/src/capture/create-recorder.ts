import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { ZonedStamp } from '../model/trace-id.js';
import { createSerializer, type Serializer } from '../serialize/serializer.js';
import type { CaptureOptions } from './capture.options.js';
import type { InternalErrors } from './internal-errors.js';
import { OutgoingCalls } from './outgoing/outgoing-calls.js';
import { Admission } from './trace/admission.js';
import { ContactResolver } from './trace/contact/contact-resolver.js';
import { RequestReader } from './trace/contact/request-reader.js';
import { ErrorRecorder } from './trace/error-recorder.js';
import { FlightRecorder } from './trace/flight-recorder.js';
import { type RandomSource, IdGenerator } from './trace/id-generator.js';
import { controlFlow } from './trace/ignore-errors.js';
import { Lifecycle } from './trace/lifecycle.js';
import { LogRecorder } from './trace/log-recorder.js';
import { RecordFields } from './trace/record-fields.js';
import { TraceOpener } from './trace/trace-opener.js';
import { TraceOutput } from './trace/trace-output.js';
import { TraceRegistry } from './trace/trace-registry.js';

/** The recorder, and the parts of it that open and end traces. */
export interface RecorderParts {
  readonly recorder: FlightRecorder;
  readonly contacts: ContactResolver;
  readonly lifecycle: Lifecycle;
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly opener: TraceOpener;
  readonly ids: IdGenerator;
}

/** What records, over one sink, without anything that observes the process. */
export function createRecorder(
  options: CaptureOptions,
  sink: RecordSink,
  clock: Clock,
  internalErrors: InternalErrors,
  random?: RandomSource,
): RecorderParts {
  const { limits, bodies } = options;
  const serializer = createSerializer({ limits, redact: options.redact });
  const fields = new RecordFields(serializer);
  const registry = new TraceRegistry();
  const output = new TraceOutput(sink, registry);
  const ids = new IdGenerator(() => sink.writer, clock, new ZonedStamp(options.timeZone), random);
  const reader = new RequestReader(options, internalErrors);
  const contacts = new ContactResolver({ reader, output, serializer, fields, registry, ids, clock, bodies });
  const lifecycle = new Lifecycle(registry, contacts, output, clock, options.lifecycle, internalErrors);
  const opener = new TraceOpener(ids, fields, output, registry, lifecycle, clock);
  const admission = new Admission(registry, contacts, limits.maxEventsPerTrace, options.lifecycle.quietMs);
  const ignored = controlFlow(options.ignoreErrors, internalErrors);
  const errors = new ErrorRecorder(admission, output, serializer, fields, clock, ignored);
  const written = { output, serializer, fields, errors, clock, internalErrors };
  const outgoing = options.outgoing
    ? new OutgoingCalls(options.outgoing, { serializer, fields, clock, ids, internalErrors, limits })
    : undefined;
  const logs = new LogRecorder({ ...written, admission, logs: options.logs, maxEventBytes: limits.maxEventBytes });
  const recorder = new FlightRecorder({
    ...written,
    admission,
    opener,
    registry,
    ids,
    contacts,
    outgoing,
    logs,
    ai: options.ai,
  });
  return { recorder, contacts, lifecycle, output, serializer, opener, ids };
}
