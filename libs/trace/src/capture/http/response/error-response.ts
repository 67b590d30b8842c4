import type { ServerResponse } from 'node:http';

/** Characters read of an error answer: enough for Nest's own shape. */
const MAX_ANSWER = 4_096;

type End = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

const noted = new WeakMap<ServerResponse, string>();

/** The beginning of the answer of a response of 400 or more, before compression. */
export function errorAnswerOf(response: ServerResponse): string | undefined {
  return noted.get(response);
}

/** Keeps the beginning of the first answer. Later ones are the compressed form of it. */
export function noteErrorAnswer(response: ServerResponse, payload: unknown): void {
  const text = noted.has(response) ? undefined : beginning(payload);
  if (text !== undefined) noted.set(response, text);
}

const CURRENT_END = Symbol('end');
const ANSWER = Symbol('answer');
type Watched = ServerResponse & { [CURRENT_END]: unknown; [ANSWER]?: string | Uint8Array };

/**
 * The body that the response was ended with, before compression; `undefined`: none, or it was written in parts. Returned
 * once, so that it does not live as long as the response.
 */
export function takeAnswer(response: ServerResponse): string | Uint8Array | undefined {
  const answer = (response as Watched)[ANSWER];
  if (answer !== undefined) (response as Watched)[ANSWER] = undefined;
  return answer;
}

/** Whether the response was ended with a body. HTTP/2 then writes that body once more, through `write`. */
export function hasAnswer(response: ServerResponse): boolean {
  return (response as Watched)[ANSWER] !== undefined;
}

/** The beginning of an answer as text. */
export function answerText(answer: string | Uint8Array | undefined): string | undefined {
  return beginning(answer);
}

/**
 * One pair of functions for all responses. With a pair per response, V8 gives up their shared layout and, from the second
 * response on, reads every property that Node and the framework use through a table.
 */
const watchedEnd: PropertyDescriptor & ThisType<Watched> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[CURRENT_END];
  },
  set(replaced: unknown) {
    this[CURRENT_END] = typeof replaced === 'function' ? watched(replaced as End) : replaced;
  },
};

/**
 * Keeps the argument of the outermost call of `end`. Compression and sessions wrap `end` after us and pass compressed bytes,
 * or nothing, to the inner `end`; so `end` is watched again each time it is replaced.
 */
export function watchErrorAnswer(response: ServerResponse): void {
  const current = { value: watched(response.end as End), writable: true, configurable: true };
  Object.defineProperty(response, CURRENT_END, current);
  Object.defineProperty(response, ANSWER, { value: undefined, writable: true, configurable: true });
  Object.defineProperty(response, 'end', watchedEnd);
}

function watched(end: End): End {
  return function (this: ServerResponse, ...args) {
    const payload = args[0];
    if (this.statusCode >= 400) noteErrorAnswer(this, payload);
    // Only stored; it is read when the response is out, if at all.
    if (typeof payload === 'string' || payload instanceof Uint8Array) (this as Watched)[ANSWER] ??= payload;
    return end.apply(this, args);
  };
}

function beginning(payload: unknown): string | undefined {
  if (typeof payload === 'string') return payload.slice(0, MAX_ANSWER);
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.byteLength, MAX_ANSWER)).toString();
  return undefined;
}

/**
 * The message of the error in a response's body: Nest's `message` (a text, or several from a validation pipe), `error` as a
 * text or an object with a message, or the errors of GraphQL. `undefined`: the body is no JSON object, or has none.
 */
export function answerMessage(body: string | undefined): string | undefined {
  if (!body?.startsWith('{')) return undefined;
  try {
    const { message, error, errors } = JSON.parse(body) as Record<string, unknown>;
    return textsOf(message) ?? textsOf(error) ?? textsOf(errors);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) return value.map(textsOf).filter(Boolean).join('; ') || undefined;
  return typeof value === 'object' && value !== null ? textsOf((value as { message?: unknown }).message) : undefined;
}
