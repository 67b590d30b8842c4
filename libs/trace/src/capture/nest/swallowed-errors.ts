import type { IncomingMessage } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { TraceRef } from '../../context/recorder.js';
import { addSlot, InnermostSlot, type SlotModule } from './enhancer-slots.js';
import { handlerName, rawRequest } from '../http/handler-context.js';
import { handlersOf } from '../http/routes/declared-routes.js';
import type { InternalErrors } from '../internal-errors.js';

// Nest's own metadata keys.
const INTERCEPTORS = '__interceptors__';
const METHOD = 'method';

/** The trace of a request, if it has one. */
export type RefOf = (raw: IncomingMessage) => TraceRef | undefined;

/**
 * Records errors of a handler that an interceptor of its route or class may swallow: a global interceptor, such as ours, is
 * outside of those and would receive a good answer. It is the innermost of its route.
 */
export class SwallowedErrors implements NestInterceptor {
  constructor(
    private readonly refOf: RefOf,
    private readonly internalErrors: InternalErrors,
  ) {}

  /** Adds itself to routes that have interceptors of their own; others do not need it. */
  attachTo(modules: Iterable<SlotModule>): void {
    for (const { classes, bind } of modules) {
      let used = false;
      for (const controller of classes) {
        const around = interceptorsOn(controller);
        for (const route of handlersOf(controller)) {
          if (!Reflect.hasMetadata(METHOD, route)) continue;
          const own = interceptorsOn(route).filter((other) => other !== InnermostSlot);
          if (around.length + own.length === 0) continue;
          addSlot(INTERCEPTORS, route, InnermostSlot, 'last');
          used = true;
        }
      }
      if (used) bind(InnermostSlot, { intercept: (context, next) => this.intercept(context, next) });
    }
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const ref = context.getType() === 'http' ? this.refOf(rawRequest(context)) : undefined;
    return ref ? recordingErrors(ref, context, next, this.internalErrors) : next.handle();
  }
}

/** The handler's result, with its error recorded in the trace. */
export function recordingErrors(
  ref: TraceRef,
  context: ExecutionContext,
  next: CallHandler,
  internalErrors: InternalErrors,
): Observable<unknown> {
  const location = handlerName(context);
  const record = (error: unknown): void =>
    void internalErrors.guard('handler result', () => ref.recorder.error(ref, location, error));
  return next.handle().pipe(tap({ error: record }));
}

function interceptorsOn(target: object): unknown[] {
  return (Reflect.getMetadata(INTERCEPTORS, target) ?? []) as unknown[];
}
