import { MODEL_DIALECTS } from '../../../libs/trace/src/capture/outgoing/dialects/models/model-dialects.js';
import type {
  BodyCopy,
  ModelRequest,
  ModelResponse,
  OutgoingRequest,
  OutgoingResponse,
} from '../../../libs/trace/src/capture/outgoing/outgoing-dialect.js';

/** A call to a model API as the wire copies it: bodies are values, texts or bytes. */
export interface WireCall {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  response?: unknown;
  status?: number;
  responseHeaders?: Record<string, string>;
  ended?: OutgoingResponse['ended'];
  /** Bytes of each body that are kept at the start; a quarter of that number is kept at the end. */
  max?: number;
}

/** What a dialect read of a call. */
export interface ReadCall {
  dialect: string;
  provider: string;
  request: ModelRequest | undefined;
  response: ModelResponse;
}

/** Reads a call with the built-in dialects; `undefined`: none of them matches. */
export function readCall(call: WireCall): ReadCall | undefined {
  const request = requestOf(call);
  const dialect = MODEL_DIALECTS.find((one) => one.match(request));
  if (!dialect) return undefined;
  return {
    dialect: dialect.name,
    provider: dialect.provider(request),
    request: dialect.request(request),
    response: dialect.response(request, responseOf(call)),
  };
}

export function requestOf({ url, method = 'POST', headers = {}, body, max }: WireCall): OutgoingRequest {
  const { host, pathname, searchParams } = new URL(url);
  return { method, host, path: pathname, headers, query: searchParams, body: bodyCopy(bytesOf(body), max) };
}

export function responseOf({
  response,
  status = 200,
  responseHeaders,
  ended = 'whole',
  max,
}: WireCall): OutgoingResponse {
  const headers = responseHeaders ?? { 'content-type': contentType(response) };
  return { status, headers, body: bodyCopy(bytesOf(response), max), ended, timeAt: () => undefined };
}

function contentType(body: unknown): string {
  return typeof body === 'string' && /^(?:data|event|:)/.test(body) ? 'text/event-stream' : 'application/json';
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The copy that the wire keeps of a body. */
export function bodyCopy(bytes: Buffer, max = Infinity): BodyCopy {
  const whole = bytes.length <= max;
  const text = (whole ? bytes : bytes.subarray(0, max)).toString();
  return {
    size: bytes.length,
    text,
    tail: whole ? '' : bytes.subarray(-Math.ceil(max / 4)).toString(),
    whole,
    json() {
      try {
        return whole ? (JSON.parse(text) as unknown) : undefined;
      } catch {
        return undefined;
      }
    },
    form: () => undefined,
  };
}

/** A `text/event-stream` of these values. A text is taken as it is. */
export function sse(...events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
}

/** The same with names of events, which are their types. */
export function namedSse(...events: { type: string }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
