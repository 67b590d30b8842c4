import { followNewPromise } from '../follow/follow-promise.js';
import { isAbort } from '../follow/streams/abort-error.js';
import { reportInternalError } from '../recorder.js';
import type { CallObserver, TraceRef } from '../recorder.js';
import { currentRef, isObserved, runUnobserved } from '../trace-context.js';
import { copyFunctionMetadata } from './copy-function-metadata.js';
import { fetchTarget, observeFetchBody, withHeaders } from './fetch-request.js';
import type { AddedHeaders } from './fetch-request.js';
import { observeFetchResponse } from './fetch-response.js';

type Fetch = typeof globalThis.fetch;
type AnyFetch = (...args: never[]) => PromiseLike<unknown>;

/**
 * Returns a `fetch` that records each call inside a trace as the hooks at the wire record one: host, status, duration, and
 * for a known API the model, messages, tokens, or the sent message. Calls of Node's `fetch` and of npm's undici are recorded
 * without this function; it is for a `fetch` with another transport: a fake in a test, another runtime's, one behind a
 * proxy of your own. A call is recorded once, also where both see it.
 *
 * The promise, the `Response` and its body are those of `fetch`: what you read is seen as it passes, and nothing is read for
 * you. Outside a trace it only calls `fetch`.
 *
 * Without an argument it calls the global `fetch`, as it is at the time of each call.
 *
 * @example
 * const client = new OpenAI({ fetch: tracedFetch(gatewayFetch) });
 */
export function tracedFetch(): Fetch;
/**
 * Like `tracedFetch()`, for a `fetch` of your own: it has the same type.
 *
 * @param fetch the function to call
 */
export function tracedFetch<F extends AnyFetch>(fetch: F): F;
export function tracedFetch(fetch?: AnyFetch): AnyFetch {
  if (fetch !== undefined && typeof fetch !== 'function') return fetch;
  const call = fetch ?? ((...args: never[]) => Reflect.apply(globalThis.fetch, globalThis, args));
  const traced = copyFunctionMetadata(call, (self, args) => {
    const ref = currentRef();
    return ref === undefined ? Reflect.apply(call, self, args as never[]) : observed(ref, call, self, args);
  });
  if (fetch === undefined) Object.defineProperty(traced, 'name', { value: 'fetch', configurable: true });
  return traced;
}

function observed(ref: TraceRef, fetch: AnyFetch, self: unknown, args: unknown[]): unknown {
  const { recorder } = ref;
  const tell = (fn: () => void): void => {
    try {
      fn();
    } catch (error) {
      reportInternalError(recorder, 'tracedFetch', error);
    }
  };
  const added: AddedHeaders = {};
  let observer: CallObserver | undefined;
  let given = args;
  let run = (): unknown => Reflect.apply(fetch, self, given as never[]);
  tell(() => {
    const target = fetchTarget(args, added);
    if (target === undefined || isObserved(ref, target)) return;
    observer = recorder.call?.(ref, target);
    if (observer === undefined) return;
    given = withHeaders(args, added);
    const inner = run;
    run = () => runUnobserved(ref, target, inner);
    observeFetchBody(args, observer, tell);
  });
  if (observer === undefined) return run();
  const calls = observer;
  const fail = (error: unknown): void => tell(() => void (isAbort(error) ? calls.left() : calls.failed(error)));
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    fail(error);
    throw error;
  }
  const succeed = (response: unknown): void => tell(() => observeFetchResponse(response, calls, tell));
  if (result instanceof Promise) return followNewPromise(result, { succeed, fail });
  // A fetch of the user's own may answer a promise of another class, or one of another realm.
  const { then } = (result ?? {}) as PromiseLike<unknown>;
  if (typeof then === 'function') return follow(result as PromiseLike<unknown>, succeed, fail);
  succeed(result);
  return result;
}

function follow(result: PromiseLike<unknown>, succeed: (value: unknown) => void, fail: (error: unknown) => void) {
  return result.then(
    (value) => {
      succeed(value);
      return value;
    },
    (error: unknown) => {
      fail(error);
      throw error;
    },
  );
}
