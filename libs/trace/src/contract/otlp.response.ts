/**
 * A trace as OpenTelemetry's `ExportTraceServiceRequest`, in OTLP's JSON: `lowerCamelCase`, ids in hex, 64-bit numbers as texts.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export interface OtlpResponse {
  resourceSpans: object[];
}
