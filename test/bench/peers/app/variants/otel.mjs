import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/**
 * OpenTelemetry's SDK, its batch processor with its defaults, OTLP in protobuf; input and output as JSON attributes.
 * `around` puts another processor before the one that sends.
 */
export function setup({ sink }, around = (processor) => processor) {
  const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
  const counted = countDeliveries(exporter);
  const processor = around(new BatchSpanProcessor(exporter));
  const resource = resourceFromAttributes({ 'service.name': 'bench' });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ resource, spanProcessors: [processor] }));
  const tracer = trace.getTracer('bench');
  return {
    middleware(request, response, next) {
      tracer.startActiveSpan(`${request.method} ${request.url}`, (span) => {
        response.once('finish', () => {
          if (request.body) span.setAttribute('body', JSON.stringify(request.body));
          span.end();
        });
        next();
      });
    },
    step: spanPerStep(tracer),
    flush: () => processor.forceFlush(),
    delivered: () => counted.spans,
  };
}

/** A span per step, with input and output as JSON attributes. */
export function spanPerStep(tracer) {
  return (_owner, name, descriptor, kind) => {
    const method = descriptor.value;
    descriptor.value = function traced(input) {
      return tracer.startActiveSpan(name, async (span) => {
        span.setAttribute('kind', kind);
        span.setAttribute('input', JSON.stringify(input));
        try {
          const output = await method.call(this, input);
          span.setAttribute('output', JSON.stringify(output));
          return output;
        } catch (error) {
          span.recordException(error);
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
    };
  };
}

/** Whether the batch processor drops spans, which costs less than sending them. */
export function countDeliveries(exporter) {
  const counted = { spans: 0 };
  const send = exporter.export.bind(exporter);
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      if (result.code === 0) counted.spans += spans.length;
      done(result);
    });
  return counted;
}
