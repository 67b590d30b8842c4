import 'reflect-metadata';

/** Metadata key of a function that already records spans. */
export const TRACED_METADATA = 'nestjs-trace-collector:traced';
/** Metadata key of a class or handler that is never traced. */
export const NO_TRACE_METADATA = 'nestjs-trace-collector:no-trace';
/** Metadata key of a class or handler whose requests open a trace; the value is its `TraceWebhookOptions`. */
export const TRACE_WEBHOOK_METADATA = 'nestjs-trace-collector:webhook';

/** Whether this class (or one it extends) or handler has `@NoTrace()`. */
export function isNoTrace(target: object): boolean {
  return Reflect.getMetadata(NO_TRACE_METADATA, target) === true;
}

/** Whether calls of this function already have a span. */
export function isTraced(fn: object): boolean {
  return Reflect.getOwnMetadata(TRACED_METADATA, fn) === true;
}
