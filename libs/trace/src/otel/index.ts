/**
 * The entry point `nestjs-trace-collector/otel`: spans of OpenTelemetry in the traces of the application. It imports no package of
 * OpenTelemetry.
 *
 * @module nestjs-trace-collector/otel
 */
export { acceptByDefault, type StartedSpan } from './processor/accept.js';
export type { OtelAttributes, OtelValue } from './otel-span.js';
export type { SdkSpan, SdkTime } from './processor/sdk-span.js';
export { TraceSpanProcessor, type TraceSpanProcessorOptions } from './processor/trace-span-processor.js';
