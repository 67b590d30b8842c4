import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { CaptureOptions } from './capture.options.js';
import { FlightRecorder } from './trace/flight-recorder.js';
import { Lifecycle } from './trace/lifecycle.js';
import { MessageCapture } from './nest/message-capture.js';
import { watchProcess } from './process/process-watch.js';
import { recordedRoutesLine } from './http/routes/recorded-routes.js';
import { RecordingState } from './trace/recording-state.js';
import { InternalErrors } from './internal-errors.js';
import { controlFlow } from './trace/ignore-errors.js';
import { createSerializer } from '../serialize/serializer.js';
import { ContactResolver } from './trace/contact-resolver.js';
import { type RandomSource, IdGenerator } from './trace/id-generator.js';
import { TraceOutput } from './trace/trace-output.js';
import { TraceRegistry } from './trace/trace-registry.js';
import { WebhookCapture } from './http/webhook-capture.js';
import type { CaptureSite } from './http/webhook-filter.js';

/** Everything capture consists of, put together over one sink. */
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
  const serializer = createSerializer({ limits: options.limits, redact: options.redact });
  const registry = new TraceRegistry();
  const output = new TraceOutput(sink, registry);
  const identity = new IdGenerator(() => sink.writer, clock, new ZonedStamp(options.timeZone), random);
  const identifier = new ContactResolver(output, serializer, registry, identity, clock, internalErrors, options);
  const lifecycle = new Lifecycle(registry, identifier, output, clock, options.lifecycle, internalErrors);
  const recorder = new FlightRecorder({
    output,
    serializer,
    registry,
    identity,
    identifier,
    lifecycle,
    clock,
    internalErrors,
    controlFlow: controlFlow(options.ignoreErrors, internalErrors),
    maxEventsPerTrace: options.limits.maxEventsPerTrace,
  });
  const stopWatching = watchProcess();
  const webhooks = new WebhookCapture({
    recorder,
    identifier,
    identity,
    output,
    serializer,
    clock,
    internalErrors,
    filter,
    responseHeader: options.responseHeader,
    recording,
    routes,
  });
  return {
    recorder,
    webhooks,
    messages: new MessageCapture(recorder, identifier, internalErrors),
    internalErrors,
    recordedRoutes: () => routes && recordedRoutesLine(routes.registered, filter.hasPredicates),
    close: () => {
      stopWatching();
      internalErrors.guard('shutdown', () => lifecycle.endAll());
    },
  };
}
