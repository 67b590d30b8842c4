import type { OtlpAnswer } from './otlp-post.js';

/** Spans that a receiver refused within a request that it took. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

const MAX_MESSAGE = 300;

/**
 * The `partialSuccess` of an answer; `undefined`: it has none. An answer that cannot be read has none.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function partialSuccessIn({ contentType, body }: OtlpAnswer): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  try {
    const { rejected, message } = contentType.includes('json') ? inJson(body) : inProtobuf(body);
    return rejected > 0 ? { rejected, message: message.slice(0, MAX_MESSAGE) } : undefined;
  } catch {
    return undefined;
  }
}

function inJson(body: Buffer): PartialSuccess {
  const { partialSuccess } = JSON.parse(body.toString()) as { partialSuccess?: Record<string, unknown> };
  const { rejectedSpans = 0, errorMessage = '' } = partialSuccess ?? {};
  return { rejected: Number(rejectedSpans), message: typeof errorMessage === 'string' ? errorMessage : '' };
}

function inProtobuf(body: Buffer): PartialSuccess {
  let rejected = 0;
  let message = '';
  for (const [field, value] of fieldsIn(body)) {
    if (field !== 1 || typeof value === 'number') continue;
    for (const [inner, content] of fieldsIn(value)) {
      if (inner === 1 && typeof content === 'number') rejected = content;
      else if (inner === 2 && typeof content !== 'number') message = content.toString();
    }
  }
  return { rejected, message };
}

/** Varints and bytes by their field; other types end it. */
function* fieldsIn(bytes: Buffer): Generator<[field: number, value: number | Buffer]> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 0x80) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) yield [tag >> 3, value];
    else if ((tag & 7) === 2) {
      yield [tag >> 3, bytes.subarray(at, at + value)];
      at += value;
    } else return;
  }
}
