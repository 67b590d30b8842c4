import diagnostics from 'node:diagnostics_channel';
import { type CallObserver, reportInternalError, type TraceRef } from '../../../context/recorder.js';
import { isObserved } from '../../../context/trace-context.js';
import { processShared } from '../../../model/process-shared.js';
import { isAbort } from './is-abort.js';
import { contextOfCreation, watchDispatches } from './undici-contexts.js';
import { responseHeaders, type UndiciRequest, UndiciTarget } from './undici-request.js';

interface ObservedCall {
  readonly ref: TraceRef;
  readonly observer: CallObserver;
}

/** One subscription for all applications and copies of the package in the process. */
const shared = processShared('undici-calls.v1', () => ({ users: 0, stop: () => undefined as void }));

/**
 * Observes the calls of fetch and undici, Node's and every npm copy: all publish on the same channels. Only `create` fires
 * in the context of the caller. The other channels fire in the context of the request that opened the connection, which on a
 * kept-alive socket is another trace: so what belongs to a call is found by its request object.
 */
export function installUndiciCalls(): () => void {
  shared.users += 1;
  if (shared.users === 1) shared.stop = subscribe();
  let installed = true;
  return () => {
    if (!installed) return;
    installed = false;
    shared.users -= 1;
    if (shared.users === 0) shared.stop();
  };
}

function subscribe(): () => void {
  const calls = new WeakMap<object, ObservedCall>();

  /** Tells the observer of a request. What is thrown in a subscriber becomes an uncaught exception of the application. */
  const tell = (request: object, work: (observer: CallObserver) => void): void => {
    const call = calls.get(request);
    if (!call) return;
    try {
      work(call.observer);
    } catch (error) {
      reportInternalError(call.ref.recorder, 'outgoing call', error);
    }
  };

  const channels: Record<string, (message: never) => void> = {
    'undici:request:create': ({ request }: { request: UndiciRequest }) => {
      let ref: TraceRef | undefined;
      try {
        ref = contextOfCreation(request);
        // A tunnel through a proxy: the call itself comes after it.
        if (ref === undefined || request.method === 'CONNECT') return;
        const target = new UndiciTarget(request);
        if (isObserved(ref, target)) return;
        const observer = ref.recorder.call?.(ref, target);
        if (!observer) return;
        calls.set(request, { ref, observer });
        if (!publishesChunks(request)) overrideChunks(request, tell);
      } catch (error) {
        if (ref) reportInternalError(ref.recorder, 'outgoing call', error);
      }
    },
    'undici:request:bodyChunkSent': ({ request, chunk }: { request: object; chunk: Uint8Array | string }) =>
      tell(request, (observer) => observer.sent(chunk)),
    'undici:request:bodySent': ({ request }: { request: object }) => tell(request, (observer) => observer.sentAll()),
    'undici:request:headers': ({ request, response }: { request: object; response: RawResponse }) =>
      tell(request, (observer) => observer.responded(response.statusCode, responseHeaders(response.headers))),
    'undici:request:bodyChunkReceived': ({ request, chunk }: { request: object; chunk: Uint8Array }) =>
      tell(request, (observer) => observer.received(chunk)),
    'undici:request:trailers': ({ request }: { request: object }) => tell(request, (observer) => observer.finished()),
    'undici:request:error': ({ request, error }: { request: object; error: unknown }) =>
      tell(request, (observer) => (isAbort(error) ? observer.left() : observer.failed(error))),
  };
  for (const name in channels) diagnostics.subscribe(name, channels[name] as never);
  const stopWatching = watchDispatches();
  return () => {
    for (const name in channels) diagnostics.unsubscribe(name, channels[name] as never);
    stopWatching();
  };
}

interface RawResponse {
  readonly statusCode: number;
  readonly headers: unknown;
}

/** Whether a copy of undici publishes chunks, by the prototype of its requests: Node 20's own does not. */
const publishing = new WeakMap<object, boolean>();

function publishesChunks(request: UndiciRequest): boolean {
  const prototype = Object.getPrototypeOf(request) as UndiciRequest;
  let publishes = publishing.get(prototype);
  if (publishes === undefined) {
    const { onData } = prototype;
    publishes = typeof onData !== 'function' || Function.prototype.toString.call(onData).includes('bodyChunkReceived');
    publishing.set(prototype, publishes);
  }
  return publishes;
}

/** undici calls these methods of the one request for each chunk. */
function overrideChunks(
  request: UndiciRequest,
  tell: (request: object, work: (observer: CallObserver) => void) => void,
): void {
  const { onBodySent, onData } = request;
  if (typeof onBodySent === 'function')
    request.onBodySent = function (this: UndiciRequest, ...args) {
      tell(request, (observer) => observer.sent(args[0]));
      return onBodySent.apply(this, args);
    };
  if (typeof onData === 'function')
    request.onData = function (this: UndiciRequest, ...args) {
      tell(request, (observer) => observer.received(args[0]));
      return onData.apply(this, args);
    };
}
