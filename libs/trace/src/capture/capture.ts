import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { CaptureOptions } from './capture.options.js';
import { FlightRecorder } from './flight-recorder.js';
import { Lifecycle } from './lifecycle.js';
import { MessageCapture } from './message-capture.js';
import { watchProcess } from './process-watch.js';
import { SelfErrors } from './self-errors.js';
import { createSerializer } from './serialize/serializer.js';
import { TraceIdentifier } from './trace-identifier.js';
import { type RandomSource, TraceIdentity } from './trace-identity.js';
import { TraceRegistry } from './trace-registry.js';
import { WebhookCapture, type WebhookFilter } from './webhook-capture.js';

/** Everything capture consists of, put together over one sink. */
export interface Capture {
  readonly recorder: FlightRecorder;
  readonly webhooks: WebhookCapture;
  readonly messages: MessageCapture;
  readonly selfErrors: SelfErrors;
  /** Ends every running trace; the application shuts down. */
  close(): void;
}

export function createCapture(
  options: CaptureOptions,
  sink: RecordSink,
  clock: Clock,
  filter: WebhookFilter,
  random?: RandomSource,
): Capture {
  const selfErrors = new SelfErrors();
  const serializer = createSerializer({ limits: options.limits, redact: options.redact });
  const registry = new TraceRegistry();
  const identity = new TraceIdentity(() => sink.boot, clock, new ZonedStamp(options.timeZone), random);
  const identifier = new TraceIdentifier(sink, serializer, registry, identity, clock, selfErrors, options);
  const lifecycle = new Lifecycle(registry, identifier, sink, clock, options.lifecycle, selfErrors);
  const recorder = new FlightRecorder({
    sink,
    serializer,
    registry,
    identity,
    identifier,
    lifecycle,
    clock,
    selfErrors,
    maxEventsPerTrace: options.limits.maxEventsPerTrace,
  });
  const stopWatching = watchProcess();
  const webhooks = new WebhookCapture(recorder, identifier, sink, serializer, clock, selfErrors, registry, filter);
  return {
    recorder,
    webhooks,
    messages: new MessageCapture(recorder, identifier, selfErrors),
    selfErrors,
    close: () => {
      stopWatching();
      selfErrors.guard('shutdown', () => lifecycle.endAll());
    },
  };
}
