import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { ZonedStamp } from '../model/trace-id.js';
import { installAi } from './ai/install-ai.js';
import type { CaptureOptions } from './capture.options.js';
import { installLogs } from './logs/install-logs.js';
import { installOutgoing } from './outgoing/install-outgoing.js';
import { OutgoingCalls } from './outgoing/outgoing-calls.js';
import { Admission } from './trace/admission.js';
import { ErrorRecorder } from './trace/error-recorder.js';
import { FlightRecorder } from './trace/flight-recorder.js';
import { LogRecorder } from './trace/log-recorder.js';
import { RecordFields } from './trace/record-fields.js';
import { RequestReader } from './trace/contact/request-reader.js';
import { TraceOpener } from './trace/trace-opener.js';
import { Lifecycle } from './trace/lifecycle.js';
import { MessageCapture } from './nest/message-capture.js';
import { watchProcess } from './process/process-watch.js';
import { recordedRoutesLine } from './http/routes/recorded-routes.js';
import { RecordingState } from './trace/recording-state.js';
import { InternalErrors } from './internal-errors.js';
import { controlFlow } from './trace/ignore-errors.js';
import { createSerializer } from '../serialize/serializer.js';
import { ContactResolver } from './trace/contact/contact-resolver.js';
import { type RandomSource, IdGenerator } from './trace/id-generator.js';
import { TraceOutput } from './trace/trace-output.js';
import { TraceRegistry } from './trace/trace-registry.js';
import { WebhookCapture } from './http/webhook-capture.js';
import type { CaptureSite } from './http/webhook-filter.js';

/** All parts of capture, over one sink. */
export interface Capture {
  readonly recorder: FlightRecorder;
  readonly webhooks: WebhookCapture;
  readonly messages: MessageCapture;
  readonly internalErrors: InternalErrors;
  /** The line for the start-up log about what is recorded; `undefined` where the routes are not known. */
  recordedRoutes(): string | undefined;
  /** Ends every running trace; the application shuts down. */
  close(): void;
}

export function createCapture(
  options: CaptureOptions,
  sink: RecordSink,
  clock: Clock,
  site: (internalErrors: InternalErrors) => CaptureSite,
  random?: RandomSource,
  recording: RecordingState = new RecordingState(),
): Capture {
  const internalErrors = new InternalErrors();
  const { filter, routes } = site(internalErrors);
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
  const webhooks = new WebhookCapture({
    recorder,
    contacts,
    lifecycle,
    output,
    serializer,
    clock,
    opener,
    ids,
    internalErrors,
    filter,
    responseHeader: options.responseHeader,
    recording,
    routes,
  });
  const stops = [
    watchProcess(),
    ...(outgoing ? [installOutgoing()] : []),
    ...(options.logs === false ? [] : [installLogs(options.logs)]),
    ...(options.ai ? [installAi(recorder)] : []),
  ];
  return {
    recorder,
    webhooks,
    messages: new MessageCapture(recorder, opener, contacts, internalErrors),
    internalErrors,
    recordedRoutes: () => routes && recordedRoutesLine(routes.registered, filter.hasPredicates),
    close: () => {
      for (const stop of stops) stop();
      internalErrors.guard('shutdown', () => lifecycle.endAll());
    },
  };
}
