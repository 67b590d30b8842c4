/** Spans of OpenTelemetry as the conformance suite compares them, open ones too: an exporter only gets those that ended. */
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

/**
 * Makes OpenTelemetry record into a list.
 * @param failed whether a span says that its work failed. Default: by its status.
 */
export function collectSpans(failed = (span) => span.status.code === SpanStatusCode.ERROR) {
  let started = [];
  const processor = {
    onStart: (span) => void started.push(span),
    onEnd() {},
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  return {
    // OpenTelemetry has no status for cancelled work.
    cancels: false,
    reset: () => void (started = []),
    spans: () =>
      started.map((span) => ({
        name: span.name,
        id: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId,
        outcome: span.ended ? (failed(span) ? 'error' : 'ok') : 'open',
        ms: span.ended ? span.duration[0] * 1000 + span.duration[1] / 1e6 : undefined,
      })),
  };
}
