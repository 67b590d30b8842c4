import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { finalize, Observable } from 'rxjs';
import { currentRef } from '../../context/trace-context.js';
import { processShared } from '../../model/process-shared.js';
import { slotModules } from './enhancer-slots.js';
import { watchOtherGuards } from './guard-stand-in.js';
import { isSse, watchHandler } from './handler-watch.js';
import { MessageCapture, type MessageTrace } from './message-capture.js';
import type { Refused } from './guard-decision.js';
import { watchGlobalGuards, watchHandlerGuards, watchRequestGuards } from './message-guards.js';
import { arrivedMessage, attachToHandlers } from './message-handlers.js';
import { watchAnswer } from './message-watch.js';
import { watchExceptions } from './exceptions-layer.js';
import { ExceptionsWatch } from './exceptions-watch.js';
import { RecordingState } from '../trace/recording-state.js';
import { InternalErrors } from '../internal-errors.js';
import { handlerName, rawRequest } from '../http/handler-context.js';
import { recordingErrors, SwallowedErrors } from './swallowed-errors.js';
import { WebhookCapture } from '../http/webhook-capture.js';

/** Messages with a trace, for all applications of the process: each may have an interceptor on a handler. */
const known = processShared('messages.v1', () => new WeakSet<ExecutionContext>());

/**
 * For a request: names the handler, takes the parsed body, and records what pipes and the handler throw. It neither opens
 * nor ends the trace: guards that deny never get here, and "complete" here is not yet an answer.
 *
 * For a message whose handler says `@TraceWebhook()`: opens the trace, and holds it until the handler's result is used up;
 * if a guard rejects it, the trace records that.
 */
@Injectable()
export class TraceInterceptor implements NestInterceptor, OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private unwatch: () => void = () => undefined;
  private stopExceptions: (() => void) | undefined;

  constructor(
    private readonly requests: WebhookCapture,
    private readonly messages: MessageCapture,
    private readonly internalErrors: InternalErrors,
    private readonly recording: RecordingState,
    modules: ModulesContainer,
    private readonly config: ApplicationConfig,
  ) {
    internalErrors.guard('message handlers', () => {
      const slots = slotModules(modules);
      attachToHandlers(slots, this);
      watchHandlerGuards(slots, this.refused);
      watchRequestGuards(slots);
      watchOtherGuards();
      new SwallowedErrors((raw) => requests.refOf(raw), internalErrors).attachTo(slots);
    });
  }

  onModuleInit(): void {
    if (this.recording.on) {
      this.stopExceptions ??= this.internalErrors.guard('exceptions layer', () =>
        watchExceptions(new ExceptionsWatch(this.requests, this.internalErrors)),
      );
    }
    this.watchGlobalGuards();
  }

  /** Watches the guards that `useGlobalGuards` added after the application was made. */
  onApplicationBootstrap(): void {
    this.watchGlobalGuards();
  }

  onApplicationShutdown(): void {
    this.stopExceptions?.();
    this.unwatch();
  }

  private watchGlobalGuards(): void {
    this.internalErrors.guard('message guards', () => {
      const perRequest = this.config.getGlobalRequestGuards().map(({ metatype }) => metatype);
      this.unwatch();
      this.unwatch = watchGlobalGuards([...this.config.getGlobalGuards(), ...perRequest], this.refused);
    });
  }

  private readonly refused: Refused = (context, guard, error) => {
    this.internalErrors.guard('message', () => {
      const message = this.recording.on ? arrivedMessage(context) : undefined;
      if (message) this.messages.refuse(message, guard, error);
    });
  };

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.recording.on) return next.handle();
    switch (context.getType()) {
      case 'http':
        return this.request(context, next);
      case 'rpc':
      case 'ws':
        return this.message(context, next);
      default:
        return this.other(context, next);
    }
  }

  /** A resolver of GraphQL, or the handler of another library, in the context of a request or of `runInTrace`. */
  private other(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const ref = currentRef();
    if (!ref || !this.requests.owns(ref)) return next.handle();
    this.requests.enterOther(ref);
    return recordingErrors(ref, context, next, this.internalErrors);
  }

  private request(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const ref = this.requests.enterHandler(rawRequest(context), context);
    if (!ref) return next.handle();
    const watched = { name: handlerName(context), sse: isSse(context.getHandler()) };
    return watchHandler(ref, watched, this.internalErrors, () => next.handle());
  }

  private message(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (known.has(context)) return next.handle();
    known.add(context);
    const message = this.internalErrors.guard('message', () => arrivedMessage(context));
    if (!message) return next.handle();
    // Opened by the first subscription: an interceptor around ours that subscribes again tries the same message again.
    let trace: MessageTrace | undefined;
    return new Observable((subscriber) => {
      trace ??= this.messages.open(message);
      if (!trace) return next.handle().subscribe(subscriber);
      const opened = trace;
      const release = opened.hold();
      const client: unknown = context.getType() === 'ws' ? context.switchToWs().getClient() : undefined;
      return opened.run(() => watchAnswer(opened, client, next.handle()).pipe(finalize(release)).subscribe(subscriber));
    });
  }
}
