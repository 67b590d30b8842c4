import { attachWebStream, isWebStream } from '../follow/streams/follow-web-stream.js';
import type { CallObserver, CallTarget } from '../recorder.js';
import { ObservedBody } from './observed-body.js';
import type { Tell } from './observed-body.js';

export type AddedHeaders = Record<string, string>;

/** Where a call of `fetch(input, init)` goes; `undefined`: `fetch` will refuse it. `added` takes the headers to add. */
export function fetchTarget(args: unknown[], added: AddedHeaders): CallTarget | undefined {
  const [input, init] = args as [unknown, RequestInit | undefined];
  const request = input instanceof Request ? input : undefined;
  const text = request?.url ?? String(input);
  if (!URL.canParse(text)) return undefined;
  const { host, pathname, search, protocol } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const headers = Object.fromEntries(givenHeaders(input, init));
  return {
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    host,
    path: pathname + search,
    secure: protocol === 'https:',
    headers,
    setHeader(name, value) {
      if (headers[name.toLowerCase()] !== undefined || isIterator(init?.headers)) return false;
      added[name] = value;
      return true;
    },
  };
}

/** The arguments with further headers. Without any they stay the caller's own. */
export function withHeaders(args: unknown[], added: AddedHeaders): unknown[] {
  if (Object.keys(added).length === 0) return args;
  const [input, init, ...more] = args as [unknown, RequestInit | undefined, ...unknown[]];
  const headers = givenHeaders(input, init);
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  return [input, { ...init, headers }, ...more];
}

function givenHeaders(input: unknown, init: RequestInit | undefined): Headers {
  if (isIterator(init?.headers)) return new Headers();
  return new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
}

/** Can be read once only, and by `fetch`. */
function isIterator(headers: unknown): boolean {
  return typeof (headers as { next?: unknown } | undefined)?.next === 'function';
}

/** Reports the request's body: what is in memory at once, a stream as it passes. Blobs and forms are not read. */
export function observeFetchBody(args: unknown[], observer: CallObserver, tell: Tell): void {
  const [input, init] = args as [unknown, RequestInit | undefined];
  const body: unknown = init?.body ?? (input instanceof Request && !input.bodyUsed ? input.body : undefined);
  const bytes = bytesOf(body);
  if (bytes !== undefined) observer.sent(bytes);
  if (typeof body !== 'object' || body === null || !isWebStream(body)) return observer.sentAll();
  const sent = {
    part: (chunk: unknown) => {
      const part = bytesOf(chunk);
      if (part !== undefined) observer.sent(part);
    },
    end: () => observer.sentAll(),
    // What that does to the call shows in the result of `fetch`.
    fail: () => undefined,
    leave: () => undefined,
  };
  if (!attachWebStream(new ObservedBody(sent, tell), body)) observer.sentAll();
}

/** The bytes of a body or chunk that is in memory. */
export function bytesOf(value: unknown): Uint8Array | string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value instanceof URLSearchParams ? value.toString() : undefined;
}
