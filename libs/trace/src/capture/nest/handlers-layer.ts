import type { NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer.js';
import { processShared } from '../../model/process-shared.js';

/** Surrounds one call of a handler. No member may throw an error of ours. */
export interface HandlerAround {
  /** Before all interceptors of the application. */
  readonly outermost: NestInterceptor;
  /** After them, right before the pipes. */
  readonly innermost?: NestInterceptor;
  /**
   * Calls a handler that has no interceptor, as Nest does: by a call and a promise. An interceptor of ours would put it behind
   * RxJS, which behaves differently for an Observable, too.
   */
  alone(next: () => Promise<unknown>): Promise<unknown>;
}

/** Observes the handlers of one application. */
export interface HandlerListener {
  /**
   * Returns what surrounds a call; `undefined`: nothing, the call is not traced. Must not throw. It is called for every
   * request, so its arguments are no object.
   *
   * @param type `http`, `rpc`, `ws`, `graphql` or the word of another library
   * @param args of the handler's layer: of a request `[request, response, next]`
   * @param alone the handler has no interceptor
   */
  around(
    type: string,
    args: readonly unknown[],
    owner: object,
    handler: object,
    alone: boolean,
  ): HandlerAround | undefined;
}

interface Layer {
  intercept(
    interceptors: readonly NestInterceptor[] | undefined,
    args: unknown[],
    instance: object,
    callback: object,
    next: () => Promise<unknown>,
    type?: string,
  ): Promise<unknown>;
}

/** Shared by all copies of the package, which may share the class of Nest. */
const { listeners, owners, replaced } = processShared('handlers-layer.v1', () => ({
  listeners: new Set<HandlerListener>(),
  owners: new WeakMap<object, Set<HandlerListener>>(),
  replaced: new WeakSet<object>(),
}));

/**
 * Lets `listener` surround the handlers of the process. Nest passes every handler, of every kind, to `intercept` of its
 * interceptors layer, with the interceptors that it has, which may be none. A global interceptor of ours would put each
 * handler of the application behind RxJS, also those that are not traced: 14 to 31% of the main thread's time for a small request.
 *
 * @param classes the controllers, gateways and resolvers of the listener's application
 * @returns stops it
 */
export function watchHandlers(listener: HandlerListener, classes: Iterable<object>): () => void {
  replace(InterceptorsConsumer.prototype as unknown as Layer);
  const owned = new Set(classes);
  for (const owner of owned) owners.set(owner, (owners.get(owner) ?? new Set()).add(listener));
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    for (const owner of owned) owners.get(owner)?.delete(listener);
  };
}

/** Whether a class is the listener's own: `only`, `shared` with another application, `other`, or `unknown` to all. */
export function ownership(owner: object, listener: HandlerListener): 'only' | 'shared' | 'other' | 'unknown' {
  const applications = owners.get(owner);
  if (!applications || applications.size === 0) return 'unknown';
  if (!applications.has(listener)) return 'other';
  return applications.size === 1 ? 'only' : 'shared';
}

function replace(layer: Layer): void {
  if (replaced.has(layer)) return;
  const original = layer.intercept;
  layer.intercept = function (this: Layer, interceptors, args, instance, callback, next, type) {
    const alone = !interceptors || interceptors.length === 0;
    for (const listener of listeners) {
      const around = listener.around(type ?? 'http', args, instance.constructor, callback, alone);
      if (!around) continue;
      if (alone) return around.alone(next);
      const { innermost } = around;
      const inner = innermost ? [innermost] : [];
      return original.call(this, [around.outermost, ...interceptors, ...inner], args, instance, callback, next, type);
    }
    return original.call(this, interceptors, args, instance, callback, next, type);
  };
  replaced.add(layer);
}
