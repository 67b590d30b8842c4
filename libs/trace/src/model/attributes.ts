/**
 * Names of span attributes that the package records: OpenTelemetry's semantic conventions for HTTP clients and for
 * generative AI (https://opentelemetry.io/docs/specs/semconv/).
 */
export const ATTRIBUTE = {
  /** HTTP method of an outgoing call. */
  method: 'http.request.method',
  /** Host of an outgoing call, with the port where that is not the scheme's own. */
  host: 'server.address',
  /** Path of an outgoing call without query; ids and tokens in it are replaced: `/v21.0/{id}/messages`. */
  path: 'url.template',
  /** HTTP status of the response. */
  status: 'http.response.status_code',
  /** Number of earlier attempts of the same call in the same step. Absent: it is the first. */
  resend: 'http.request.resend_count',
  /** Bytes of the request's body. */
  requestBytes: 'http.request.body.size',
  /** Bytes of the response's body, as they were received. */
  responseBytes: 'http.response.body.size',
  /** Why a span failed: the provider's error code, the HTTP status, or a code of Node such as `ECONNRESET`. */
  error: 'error.type',
  /** `openai`, `anthropic`, `aws.bedrock`, `gcp.gemini`, … */
  provider: 'gen_ai.provider.name',
  /** The model that was asked for. */
  model: 'gen_ai.request.model',
  /** The model that answered. */
  responseModel: 'gen_ai.response.model',
  /** Why the model stopped. */
  finish: 'gen_ai.response.finish_reasons',
  /** Milliseconds from the start of the span to the first part of the answer. */
  firstToken: 'gen_ai.response.time_to_first_chunk',
  /** What recorded the span: `http`, `ai`, `langchain`, `ioredis`, … Absent: the application's own code. */
  source: 'trace.source',
} as const;

/** Value of an attribute or a tag. */
export type AttributeValue = string | number | boolean;

/** Attributes of a span, by name. Small: at most 32 of at most 200 characters each. */
export type Attributes = Record<string, AttributeValue>;

/** A text among the attributes; `undefined`: there is none of this name. */
export function textIn(attributes: Attributes | undefined, name: string): string | undefined {
  const value = attributes?.[name];
  return typeof value === 'string' ? value : undefined;
}
