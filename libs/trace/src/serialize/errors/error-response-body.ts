import { types } from 'node:util';
import { isHttpException } from '../values/error-read.js';
import { hasPrototype, ownData, platformGetter } from '../values/safe-read.js';

/** The status and the body of the HTTP response that an error is about. */
export interface ErrorResponse {
  readonly status: number | undefined;
  readonly body: unknown;
}

/** Where an error itself has the body. */
export const BODY_FIELDS = ['error', 'responseBody', 'body', 'data', 'rawError'] as const;

/** Longer texts are not parsed as JSON. */
const MAX_JSON = 8_192;

const fetchResponse = (globalThis.Response as { prototype: object } | undefined)?.prototype;
const fetchStatus = platformGetter(fetchResponse, 'status');

/**
 * Reads the response from where libraries put it:
 *
 * - `HttpException`: `response` is the body, `status` the status
 * - axios, gaxios: `response.status`, `response.data`; got: `response.statusCode`, `response.body`; superagent:
 *   `response.status`, `response.body`; Telegraf: `response` is the body; grammY: `error_code`
 * - ky and wrappers of fetch: `response` is a `Response`, whose body only the application may read
 * - OpenAI, Anthropic: `status`, `error`; AI SDK: `statusCode`, `responseBody`; undici: `statusCode`, `body`; Slack: `data`;
 *   discord.js: `status`, `rawError`
 */
export function responseOf(error: object): ErrorResponse {
  const status = statusIn(error);
  const response = ownData(error, 'response');
  if (typeof response !== 'object' || response === null || types.isProxy(response)) {
    return { status, body: parsed(firstOf(error, BODY_FIELDS)) };
  }
  if (hasPrototype(response, fetchResponse)) {
    return { status: status ?? (fetchStatus?.(response) as number), body: parsed(firstOf(error, ['data', 'body'])) };
  }
  if (isHttpException(error)) {
    return { status, body: repeats(response, error) ? undefined : response };
  }
  const sent = statusIn(response);
  const body = firstOf(response, ['data', 'body', 'text']);
  if (body === undefined && isPlain(response) && !('status' in response || 'statusCode' in response)) {
    return { status: sent ?? status, body: response };
  }
  return { status: sent ?? status, body: parsed(body) };
}

/** Nest's default body: the status, its name and the exception's message. */
function repeats(body: object, exception: object): boolean {
  const own = Object.keys(body).every((key) => key === 'statusCode' || key === 'message' || key === 'error');
  return own && ownData(body, 'message') === ownData(exception, 'message');
}

function statusIn(object: object): number | undefined {
  for (const key of ['status', 'statusCode']) {
    const value = ownData(object, key);
    if (typeof value === 'number') return value;
  }
  // Telegram's status is in the body too; the codes of other APIs are numbers of their own.
  const code = ownData(object, 'error_code');
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
}

/** The first of these fields that holds a text or data; a stream or a buffer is neither. */
function firstOf(object: object, keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = ownData(object, key);
    if (typeof value === 'string' ? value !== '' : isPlain(value) || Array.isArray(value)) return value;
  }
  return undefined;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

/** Clients that parse nothing give JSON as a text: parsed, its secrets are found by their keys. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string' || body.length > MAX_JSON || !/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
