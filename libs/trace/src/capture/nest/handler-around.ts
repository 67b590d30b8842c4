import type { CallHandler, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { TraceRef } from '../../context/recorder.js';
import type { InternalErrors } from '../internal-errors.js';
import { type WatchedHandler, watchCall, watchHandler } from './handler-watch.js';
import type { HandlerAround } from './handlers-layer.js';
import { HandlerErrors } from './handler-errors.js';

/** Surrounds the handler of a request: its result is followed, and its errors and those of its pipes are recorded. */
export class RequestAround implements HandlerAround, NestInterceptor {
  constructor(
    private readonly ref: TraceRef,
    private readonly handler: WatchedHandler,
    private readonly internalErrors: InternalErrors,
  ) {}

  get outermost(): NestInterceptor {
    return this;
  }

  get innermost(): NestInterceptor | undefined {
    const { ref, handler, internalErrors } = this;
    return handler.intercepted ? new HandlerErrors(ref, handler.name, internalErrors) : undefined;
  }

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return watchHandler(this.ref, this.handler, this.internalErrors, () => next.handle());
  }

  alone(next: () => Promise<unknown>): Promise<unknown> {
    return watchCall(this.ref, this.handler, this.internalErrors, next);
  }
}

/** Surrounds a handler of another library, such as a resolver of GraphQL: only its errors are recorded. */
export class OtherAround implements HandlerAround {
  readonly outermost: HandlerErrors;

  constructor(ref: TraceRef, location: string, internalErrors: InternalErrors) {
    this.outermost = new HandlerErrors(ref, location, internalErrors);
  }

  alone(next: () => Promise<unknown>): Promise<unknown> {
    return this.outermost.alone(next);
  }
}
