import type { AttributeValue } from '../../model/attributes.js';
import { packageVersion } from '../../model/package-version.js';
import type { OtelAttributes } from '../otel-span.js';

/** Name of a service that has none, as OpenTelemetry's specification has it. */
export const DEFAULT_SERVICE = 'unknown_service:node';

/** The process that recorded a trace. */
export interface RecordingProcess {
  /** UUID of the process. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Version of this package in it. */
  readonly version?: string;
}

/**
 * Attributes of the process, the same whoever sends them: those of a trace whose process died have that process.
 *
 * @param given the application's own, which come first
 * @see https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function resourceOf(
  given: Readonly<Record<string, AttributeValue>>,
  process?: RecordingProcess,
): OtelAttributes {
  return {
    'service.name': DEFAULT_SERVICE,
    'telemetry.sdk.name': 'nestjs-trace-collector',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': process?.version ?? packageVersion(),
    ...(process && {
      'service.instance.id': process.id,
      'host.name': process.host,
      'process.pid': process.pid,
    }),
    ...given,
  };
}
