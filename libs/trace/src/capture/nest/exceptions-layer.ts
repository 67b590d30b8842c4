import type { ArgumentsHost } from '@nestjs/common';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';
import { ExternalExceptionsHandler } from '@nestjs/core/exceptions/external-exceptions-handler.js';
import { processShared } from '../../model/process-shared.js';

/** Called with each exception before a filter is chosen. Must not throw. */
export interface ExceptionListener {
  /** An exception of an HTTP request: from a guard, a pipe, an interceptor, a handler, Nest's middleware, the body parser or the router. */
  http(exception: unknown, host: ArgumentsHost): void;
  /** An exception of a handler that a library calls: a resolver of GraphQL, a listener of a message broker. */
  external(exception: unknown, host: ArgumentsHost): void;
}

interface Layer {
  next(exception: unknown, host: ArgumentsHost): unknown;
}

/** Shared by all copies of the package, which may share the classes of Nest. */
const { listeners, replaced } = processShared('exceptions-layer.v1', () => ({
  listeners: new Set<ExceptionListener>(),
  replaced: new WeakSet<object>(),
}));

/**
 * Calls `listener` with the exceptions of all applications of this process. Nest gives every exception, once, to `next` of
 * its exceptions layer, which then chooses the filter. A filter of ours would not do: only the filter that fits best is
 * called. Both methods are replaced on their prototype by one that calls the listeners and then the
 * original; a request without an exception runs none of this.
 *
 * @returns stops it
 */
export function watchExceptions(listener: ExceptionListener): () => void {
  replace(ExceptionsHandler.prototype as Layer, 'http');
  replace(ExternalExceptionsHandler.prototype as Layer, 'external');
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function replace(layer: Layer, kind: keyof ExceptionListener): void {
  if (replaced.has(layer)) return;
  const next = layer.next;
  layer.next = function (this: Layer, exception, host) {
    for (const listener of listeners) listener[kind](exception, host);
    return next.call(this, exception, host);
  };
  replaced.add(layer);
}
