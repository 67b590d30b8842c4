import type { WireFault } from './wire-fault.js';

/** Encodings of OTLP over HTTP. The answer has that of the request. */
export type WireType = 'protobuf' | 'json';

/** Media types of the encodings. */
export const MEDIA_TYPES: Readonly<Record<WireType, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** gRPC's number of an invalid argument, which OTLP has in the answer to a body that is refused. */
const INVALID_ARGUMENT = 3;
/** gRPC's number of a limit that was reached. */
const RESOURCE_EXHAUSTED = 8;
/** gRPC's number of a state that is over soon: the sender tries again. */
const UNAVAILABLE = 14;

/**
 * The body of a response to spans that were taken: an `ExportTraceServiceResponse`, with a `partial_success` where some were not.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function successBody(type: WireType, rejected: number, reason: string | undefined): Buffer {
  if (rejected === 0 && reason === undefined) return Buffer.from(type === 'json' ? '{}' : '');
  const message = reason ?? '';
  if (type === 'json') {
    return Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } }));
  }
  return field(1, Buffer.concat([...(rejected > 0 ? [tag(1, 0), varint(rejected)] : []), textField(2, message)]));
}

/**
 * The body of a response to a request that was refused: a `google.rpc.Status`.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures-1
 */
export function failureBody(
  type: WireType,
  { status, message }: Pick<WireFault, 'message'> & { status: number },
): Buffer {
  const code = status === 413 ? RESOURCE_EXHAUSTED : status === 503 ? UNAVAILABLE : INVALID_ARGUMENT;
  if (type === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([tag(1, 0), varint(code), textField(2, message)]);
}

function textField(number: number, text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : field(number, Buffer.from(text));
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), varint(content.length), content]);
}

function tag(number: number, type: number): Buffer {
  return varint(number * 8 + type);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
