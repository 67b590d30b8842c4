import { register } from 'node:module';
import { trace } from '@opentelemetry/api';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { countDeliveries, spanPerStep } from './otel.mjs';

/** NodeSDK with all auto-instrumentations, and a span per step as in `otel`; the webhook's span is that of HTTP. */
export function setup({ sink }) {
  // Traces only: no exporters of metrics and logs, which would search a collector of their own.
  Object.assign(process.env, { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' });
  // Express and Fastify are imported by Nest as modules, which only this hook of the loader sees.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
  const counted = countDeliveries(exporter);
  const processor = new BatchSpanProcessor(exporter);
  // The active span in a middleware is that of the middleware; the hook of HTTP has the span of the request.
  const applyCustomAttributesOnSpan = (span, request) => {
    if (request.body) span.setAttribute('body', JSON.stringify(request.body));
  };
  const http = { applyCustomAttributesOnSpan };
  const instrumentations = [getNodeAutoInstrumentations({ '@opentelemetry/instrumentation-http': http })];
  new NodeSDK({ serviceName: 'bench', spanProcessors: [processor], instrumentations, metricReaders: [] }).start();
  return {
    step: spanPerStep(trace.getTracer('bench')),
    flush: () => processor.forceFlush(),
    delivered: () => counted.spans,
  };
}
