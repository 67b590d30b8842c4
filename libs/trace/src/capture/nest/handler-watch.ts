import { errorMonitor } from 'node:events';
import { types } from 'node:util';
import { StreamableFile, type Type } from '@nestjs/common';
import { isObservable, Observable, Subscriber } from 'rxjs';
import { followGenerator } from '../../context/follow/follow-generator.js';
import { TraceHold } from '../../context/follow/trace-hold.js';
import type { TraceRef } from '../../context/recorder.js';
import { followStream } from '../../context/follow/streams/follow-stream.js';
import { currentStore, runWith } from '../../context/trace-context.js';
import { EVENT } from '../../model/vocabulary.js';
import { handlerName } from '../http/handler-context.js';
import type { InternalErrors } from '../internal-errors.js';

// Nest's own metadata keys.
const SSE = '__sse__';
const INTERCEPTORS = '__interceptors__';

export interface WatchedHandler {
  /** `Class.method`. */
  readonly name: string;
  /** Answers with Server-Sent Events: each value is a message, and the stream ends when the client leaves. */
  readonly sse: boolean;
  /** Its class or the handler itself has interceptors, which may swallow its errors. */
  readonly intercepted: boolean;
}

/** Of each class, its handlers: names are made once, and Nest's metadata is read once. */
const known = new WeakMap<object, WeakMap<object, WatchedHandler>>();

/** What is recorded of a handler of a class. */
export function watchedHandler(owner: object, handler: object): WatchedHandler {
  let ofClass = known.get(owner);
  if (!ofClass) known.set(owner, (ofClass = new WeakMap()));
  let watched = ofClass.get(handler);
  if (!watched) {
    const name = handlerName(owner as Type, handler as Type);
    const intercepted = [owner, handler].some((target) => Reflect.hasMetadata(INTERCEPTORS, target));
    ofClass.set(handler, (watched = { name, sse: Reflect.getMetadata(SSE, handler) === true, intercepted }));
  }
  return watched;
}

/**
 * Wraps the result of `make` (a route handler's result): subscribes and unsubscribes in the trace, keeps the trace open until
 * the result is used up (a handler that took `@Res()` goes on working after its answer), and records its error and whether it
 * was cut off. Nest unsubscribes an Observable when the client goes away; a promise runs on to its end.
 *
 * The subscription must happen in the trace: wrapping `handle()` does not keep the context in the handler's Observables. A
 * client that goes away would unsubscribe in the context of its connection, so that the handler's own `finalize` would be in
 * no trace. One Observable does all this, because each operator would cost every webhook ten microseconds.
 */
export function watchHandler<T>(
  ref: TraceRef,
  handler: WatchedHandler,
  internalErrors: InternalErrors,
  make: () => Observable<T>,
): Observable<T> {
  return new Observable((down) => {
    const watch = new HandlerWatch(ref, handler, internalErrors);
    const inner = new Subscriber<T>({
      next: (value) => {
        watch.answered(value);
        down.next(value);
      },
      error: (error: unknown) => {
        watch.failed(error);
        down.error(error);
      },
      complete: () => {
        watch.completed();
        down.complete();
      },
    });
    // Linked before the source emits, so that `take(1)` stops an endless synchronous one.
    down.add(() => runWith(ref, () => watch.unsubscribe(inner)));
    runWith(ref, () => make().subscribe(inner));
  });
}

/**
 * The same for a handler that Nest calls without interceptors: no Observable is made. An Observable that the handler itself
 * returns is watched when Nest subscribes to it.
 */
export async function watchCall(
  ref: TraceRef,
  handler: WatchedHandler,
  internalErrors: InternalErrors,
  call: () => Promise<unknown>,
): Promise<unknown> {
  const watch = new HandlerWatch(ref, handler, internalErrors);
  let result: unknown;
  try {
    result = await (currentStore() === ref ? call() : runWith(ref, call));
  } catch (error) {
    watch.failed(error);
    watch.release();
    throw error;
  }
  if (isObservable(result)) {
    watch.release();
    return watchHandler(ref, handler, internalErrors, () => result as Observable<unknown>);
  }
  watch.answered(result);
  watch.release();
  return result;
}

/** One use of a handler's result. */
class HandlerWatch {
  private unhold: (() => void) | undefined;
  private messages = 0;
  private settled = false;

  constructor(
    private readonly ref: TraceRef,
    private readonly handler: WatchedHandler,
    private readonly internalErrors: InternalErrors,
  ) {
    this.guard(() => (this.unhold = ref.recorder.hold(ref)));
  }

  answered(value: unknown): void {
    this.messages += 1;
    // Reading a proxy's class calls its code.
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return;
    this.guard(() => {
      if (value instanceof StreamableFile) watchStream(this.ref, this.handler.name, value);
      else if (!this.handler.sse) followAnswer(this.ref, this.handler.name, value);
    });
  }

  failed(error: unknown): void {
    this.settled = true;
    this.guard(() => this.ref.recorder.error(this.ref, this.handler.name, error));
  }

  completed(): void {
    this.settled = true;
  }

  /** Called last, whether the result is complete or was cut off. An error thrown here is the application's. */
  unsubscribe(inner: Subscriber<unknown>): void {
    try {
      inner.unsubscribe();
    } finally {
      this.guard(() => this.end());
    }
  }

  private end(): void {
    const { recorder } = this.ref;
    const { name, sse } = this.handler;
    // A client that closes an event stream ends it as intended; any other handler had more to do.
    if (sse) recorder.event(this.ref, EVENT.sseClosed, { messages: this.messages });
    else if (!this.settled) recorder.event(this.ref, EVENT.handlerCancelled, { handler: name });
    this.unhold?.();
  }

  /** The handler is done: the trace may end. */
  release(): void {
    this.guard(() => this.unhold?.());
  }

  private guard(work: () => void): void {
    this.internalErrors.guard('handler result', work);
  }
}

/**
 * Holds the trace open while a stream that a handler returned is read: by Fastify, which sends a `Readable`, a
 * `ReadableStream` and a `Response`, or by the handler itself, which pipes to `@Res()` what it returns. A value that holds
 * no stream, and a stream that is not read, hold nothing. What breaks the stream is the handler's error.
 */
function followAnswer(ref: TraceRef, location: string, value: object): void {
  const step = TraceHold.of(ref, location);
  try {
    if (types.isGeneratorObject(value)) followGenerator(step, value);
    else if (!followStream(step, value)) step.succeed();
  } catch {
    // An object that throws when it is read: it is the application's, unread.
    step.succeed();
  }
}

/**
 * A `StreamableFile` is answered long before it is read: what breaks it comes as an event of its stream. Nest listens for
 * it too; `errorMonitor` does not count as listening, so a stream that has no other listener still fails as it would.
 */
function watchStream(ref: TraceRef, location: string, file: StreamableFile): void {
  file.getStream().once(errorMonitor, (error: unknown) => ref.recorder.error(ref, location, error));
}
