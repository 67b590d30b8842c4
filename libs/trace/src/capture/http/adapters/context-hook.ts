import type { HttpServer } from '@nestjs/common';
import type { TraceRef } from '../../../context/recorder.js';
import { currentStore, runInStore } from '../../../context/trace-context.js';
import { nodeRequestOf } from '../../request/node-request.js';
import type { WebhookCapture } from '../webhook-capture.js';
import type { Next, Registers, RouteCallback } from './route-hook.js';

/**
 * Enters a trace again wherever Nest takes a request up: its middleware, and its exception layer for what was thrown
 * before a route or found none. A middleware that answers from a pool or an emitter has lost the context.
 */
export function hookContext(adapter: HttpServer, capture: WebhookCapture): void {
  const hooks = adapter as unknown as Registers;
  const { createMiddlewareFactory, setErrorHandler, setNotFoundHandler } = hooks;
  if (createMiddlewareFactory) {
    hooks.createMiddlewareFactory = function (this: unknown, ...args: unknown[]) {
      const made = createMiddlewareFactory.apply(this, args);
      return made instanceof Promise ? made.then((factory: unknown) => bound(factory, capture)) : bound(made, capture);
    };
  }
  if (setNotFoundHandler) {
    hooks.setNotFoundHandler = function (this: unknown, handler: unknown, ...rest: unknown[]) {
      return setNotFoundHandler.call(this, again(handler as RouteCallback, capture), ...rest);
    };
  }
  if (setErrorHandler) {
    hooks.setErrorHandler = function (this: unknown, handler: unknown, ...rest: unknown[]) {
      const original = handler as (...args: unknown[]) => unknown;
      // Express recognizes an error handler by its four parameters.
      const inContext = function (this: unknown, error: unknown, request: unknown, response: unknown, next: unknown) {
        const ref = refOf(request, capture);
        return ref
          ? runInStore(ref, () => original.call(this, error, request, response, next))
          : original.call(this, error, request, response, next);
      };
      return setErrorHandler.call(this, typeof handler === 'function' ? inContext : handler, ...rest);
    };
  }
}

/** Registers middleware: `(path, callback)`. */
function bound(factory: unknown, capture: WebhookCapture): unknown {
  if (typeof factory !== 'function') return factory;
  return (path: unknown, callback: RouteCallback, ...rest: unknown[]): unknown =>
    (factory as Next)(path, again(callback, capture), ...rest);
}

function again(callback: RouteCallback, capture: WebhookCapture): RouteCallback {
  if (typeof callback !== 'function') return callback;
  return function (this: unknown, request, response, next) {
    const ref = refOf(request, capture);
    if (!ref || currentStore() !== undefined) return callback.call(this, request, response, next);
    return runInStore(ref, () => callback.call(this, request, response, next));
  };
}

function refOf(request: unknown, capture: WebhookCapture): TraceRef | undefined {
  return capture.refOf(nodeRequestOf(request as object));
}
