import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { CaptureOptions } from './capture.options.js';
import { FlightRecorder } from './flight-recorder.js';
import { Lifecycle } from './lifecycle.js';
import { MessageCapture } from './message-capture.js';
import { watchProcess } from './process-watch.js';
import { recordedRoutesLine } from './recorded-routes.js';
import { RecordingState } from './recording-state.js';
import { SelfErrors } from './self-errors.js';
import { controlFlow } from './ignore-errors.js';
import { createSerializer } from './serialize/serializer.js';
import { TraceIdentifier } from './trace-identifier.js';
import { type RandomSource, TraceIdentity } from './trace-identity.js';
import { TraceOutput } from './trace-output.js';
import { TraceRegistry } from './trace-registry.js';
import { WebhookCapture } from './webhook-capture.js';
import type { CaptureSite } from './webhook-filter.js';

/** Everything capture consists of, put together over one sink. */
export interface Capture {
  readonly recorder: FlightRecorder;
  readonly webhooks: WebhookCapture;
  readonly messages: MessageCapture;
  readonly selfErrors: SelfErrors;
  /** The line for the start-up log about what is recorded; `undefined` where the routes are not known. */
  recordedRoutes(): string | undefined;
  /** Ends every running trace; the application shuts down. */
  close(): void;
}

export function createCapture(
  options: CaptureOptions,
  sink: RecordSink,
  clock: Clock,
  site: (selfErrors: SelfErrors) => CaptureSite,
  random?: RandomSource,
  recording: RecordingState = new RecordingState(),
): Capture {
  const selfErrors = new SelfErrors();
  const { filter, routes } = site(selfErrors);
  const serializer = createSerializer({ limits: options.limits, redact: options.redact });
  const registry = new TraceRegistry();
  const output = new TraceOutput(sink, registry);
  const identity = new TraceIdentity(() => sink.boot, clock, new ZonedStamp(options.timeZone), random);
  const identifier = new TraceIdentifier(output, serializer, registry, identity, clock, selfErrors, options);
  const lifecycle = new Lifecycle(registry, identifier, output, clock, options.lifecycle, selfErrors);
  const recorder = new FlightRecorder({
    output,
    serializer,
    registry,
    identity,
    identifier,
    lifecycle,
    clock,
    selfErrors,
    controlFlow: controlFlow(options.ignoreErrors, selfErrors),
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
    selfErrors,
    filter,
    responseHeader: options.responseHeader,
    recording,
    routes,
  });
  return {
    recorder,
    webhooks,
    messages: new MessageCapture(recorder, identifier, selfErrors),
    selfErrors,
    recordedRoutes: () => routes && recordedRoutesLine(routes.registered, filter.hasPredicates),
    close: () => {
      stopWatching();
      selfErrors.guard('shutdown', () => lifecycle.endAll());
    },
  };
}
