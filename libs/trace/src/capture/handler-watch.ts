import { errorMonitor } from 'node:events';
import { StreamableFile } from '@nestjs/common';
import { type MonoTypeOperatorFunction, Observable, Subscriber, tap } from 'rxjs';
import { runWith } from '../context/trace-context.js';
import type { TraceRef } from '../context/recorder.js';
import type { SelfErrors } from './self-errors.js';

/** Nest's own metadata key of `@Sse()`. */
const SSE = '__sse__';

export interface WatchedHandler {
  /** `Class.method`. */
  readonly name: string;
  /** Answers with Server-Sent Events: each value is a message, and its stream ends when somebody leaves. */
  readonly sse: boolean;
}

export function isSse(handler: object): boolean {
  return Reflect.getMetadata(SSE, handler) === true;
}

/**
 * Watches a route handler's result from the outside, value by value: keeps the trace open until it is used up (a handler
 * that took `@Res()` works on behind its answer), records what it fails with, and tells when it was cut off. Nest
 * unsubscribes an Observable when the client goes away; a promise runs on to its end.
 */
export function watchHandler<T>(
  ref: TraceRef,
  { name, sse }: WatchedHandler,
  selfErrors: SelfErrors,
): MonoTypeOperatorFunction<T> {
  const { recorder } = ref;
  const guard = (work: () => void): void => void selfErrors.guard('handler result', work);
  let release: (() => void) | undefined;
  let messages = 0;
  return tap({
    subscribe: () => guard(() => (release = recorder.hold(ref))),
    next: (value) => {
      messages += 1;
      if (value instanceof StreamableFile) guard(() => watchStream(ref, name, value));
    },
    error: (error) => guard(() => recorder.error(ref, name, error)),
    // A client that closes an event stream ends it as intended; any other handler had more to do.
    unsubscribe: () => guard(() => sse || recorder.event(ref, 'handler_cancelled', { handler: name })),
    finalize: () =>
      guard(() => {
        if (sse) recorder.event(ref, 'sse_closed', { messages });
        release?.();
      }),
  });
}

/**
 * What `make` answers, subscribed to and unsubscribed from in the trace. Subscribing inside is what keeps the context in
 * the handler's Observables, wrapping `handle()` does not; and a client that goes away would unsubscribe from where its
 * connection was made, so that the handler's own `finalize` would be of no trace.
 */
export function useIn<T>(ref: TraceRef, make: () => Observable<T>): Observable<T> {
  return new Observable((down) => {
    const inner = new Subscriber<T>({
      next: (value) => down.next(value),
      error: (error: unknown) => down.error(error),
      complete: () => down.complete(),
    });
    // Linked before the source emits, so that `take(1)` stops an endless synchronous one.
    down.add(() => runWith(ref, () => inner.unsubscribe()));
    runWith(ref, () => make().subscribe(inner));
  });
}

/**
 * A `StreamableFile` is answered long before it is read: what breaks it comes as an event of its stream. Nest listens for
 * it too; `errorMonitor` does not count as listening, so a stream that nobody looks after still fails as it would.
 */
function watchStream(ref: TraceRef, location: string, file: StreamableFile): void {
  file.getStream().once(errorMonitor, (error: unknown) => ref.recorder.error(ref, location, error));
}
