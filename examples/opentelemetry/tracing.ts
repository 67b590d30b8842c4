import { createRequire } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

/** Exports by OTLP to `OTEL_EXPORTER_OTLP_ENDPOINT`, `http://localhost:4318` if unset. */
export const sdk = new NodeSDK({
  serviceName: 'lead-bot',
  instrumentations: [new HttpInstrumentation()],
});
sdk.start();

// OpenTelemetry patches `node:http` when it is required. In an ES module nothing requires it, so this line does.
createRequire(import.meta.url)('node:http');
