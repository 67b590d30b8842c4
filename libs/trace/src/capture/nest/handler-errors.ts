import type { CallHandler, NestInterceptor } from '@nestjs/common';
import { isObservable, type Observable, tap } from 'rxjs';
import type { TraceRef } from '../../context/recorder.js';
import type { InternalErrors } from '../internal-errors.js';

/**
 * Records the errors of one handler's call, in the trace. As the innermost interceptor it receives those that an interceptor
 * of the application may swallow: outside of that one the answer is a good one.
 */
export class HandlerErrors implements NestInterceptor {
  /** @param location `Class.method` */
  constructor(
    private readonly ref: TraceRef,
    private readonly location: string,
    private readonly internalErrors: InternalErrors,
  ) {}

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(tap({ error: this.record }));
  }

  /** The same for a handler without interceptors. */
  async alone(next: () => Promise<unknown>): Promise<unknown> {
    let result: unknown;
    try {
      result = await next();
    } catch (error) {
      this.record(error);
      throw error;
    }
    return isObservable(result) ? result.pipe(tap({ error: this.record })) : result;
  }

  private readonly record = (error: unknown): void => {
    try {
      this.ref.recorder.error(this.ref, this.location, error);
    } catch (fault) {
      this.internalErrors.add('handler result', fault);
    }
  };
}
