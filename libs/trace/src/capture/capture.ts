import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { installAi } from './ai/install-ai.js';
import type { CaptureOptions } from './capture.options.js';
import { installLogs } from './logs/install-logs.js';
import { installOutgoing } from './outgoing/install-outgoing.js';
import type { FlightRecorder } from './trace/flight-recorder.js';
import { MessageCapture } from './nest/message-capture.js';
import { watchProcess } from './process/process-watch.js';
import { recordedRoutesLine } from './http/routes/recorded-routes.js';
import { RecordingState } from './trace/recording-state.js';
import { InternalErrors } from './internal-errors.js';
import { createRecorder } from './create-recorder.js';
import type { RandomSource } from './trace/id-generator.js';
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
  const parts = createRecorder(options, sink, clock, internalErrors, random);
  const { recorder, opener, contacts, lifecycle } = parts;
  const { responseHeader } = options;
  const webhooks = new WebhookCapture({ ...parts, clock, internalErrors, filter, responseHeader, recording, routes });
  const stops = [
    watchProcess(),
    ...(options.outgoing ? [installOutgoing()] : []),
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
