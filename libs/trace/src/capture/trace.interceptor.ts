import type { IncomingMessage } from 'node:http';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable, tap } from 'rxjs';
import { runWith } from '../context/trace-context.js';
import { WebhookCapture } from './webhook-capture.js';

/**
 * Names the handler, takes the parsed body, and records what pipes and the handler throw. It neither opens nor ends
 * the trace: guards that deny never get here, and "complete" here is not yet an answer.
 */
@Injectable()
export class TraceInterceptor implements NestInterceptor {
  constructor(private readonly capture: WebhookCapture) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const handler = `${context.getClass().name}.${context.getHandler().name}`;
    const ref = this.capture.enterHandler(rawRequest(context), handler);
    if (!ref) return next.handle();
    // Subscribing inside `run` is what keeps the context in the handler's Observables; wrapping `handle()` does not.
    return new Observable((subscriber) =>
      runWith(ref, () =>
        next
          .handle()
          .pipe(tap({ error: (error: unknown) => ref.recorder.error(ref, handler, error) }))
          .subscribe(subscriber),
      ),
    );
  }
}

/** Fastify wraps the request, Express is it. */
function rawRequest(context: ExecutionContext): IncomingMessage {
  const request = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
  return request.raw ?? request;
}
