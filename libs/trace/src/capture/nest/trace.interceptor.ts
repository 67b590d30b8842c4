import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { finalize, Observable } from 'rxjs';
import { currentRef } from '../../context/trace-context.js';
import { processShared } from '../../model/process-shared.js';
import { slotModules } from './enhancer-slots.js';
import { watchOtherGuards } from './guard-stand-in.js';
import { OtherAround, RequestAround } from './handler-around.js';
import { watchedHandler } from './handler-watch.js';
import { type HandlerAround, type HandlerListener, ownership, watchHandlers } from './handlers-layer.js';
import { MessageCapture, type MessageTrace } from './message-capture.js';
import type { Refused } from './guard-decision.js';
import { watchGlobalGuards, watchHandlerGuards, watchRequestGuards } from './message-guards.js';
import { arrivedMessage, attachToHandlers, messageOptions } from './message-handlers.js';
import { watchAnswer } from './message-watch.js';
import { watchExceptions } from './exceptions-layer.js';
import { ExceptionsWatch } from './exceptions-watch.js';
import { RecordingState } from '../trace/recording-state.js';
import { InternalErrors } from '../internal-errors.js';
import { nodeRequestOf } from '../request/node-request.js';
import { WebhookCapture } from '../http/webhook-capture.js';
import { isFieldResolver } from './field-resolver.js';

/** Messages with a trace, for all applications of the process: each may have an interceptor on a handler. */
const known = processShared('messages.v1', () => new WeakSet<ExecutionContext>());

/**
 * For a request: names the handler, takes the parsed body, and records what pipes and the handler throw. It neither opens
 * nor ends the trace: guards that deny never get here, and "complete" here is not yet an answer.
 *
 * For a message whose handler says `@TraceWebhook()`: opens the trace, and holds it until the handler's result is used up;
 * if a guard rejects it, the trace records that.
 *
 * It is no global interceptor: it stands at the layer of Nest that calls handlers, and surrounds those that are traced.
 */
@Injectable()
export class TraceInterceptor
  implements
    NestInterceptor,
    HandlerListener,
    HandlerAround,
    OnModuleInit,
    OnApplicationBootstrap,
    OnApplicationShutdown
{
  private classes: readonly Type[] = [];
  private unwatch: () => void = () => undefined;
  private stopExceptions: (() => void) | undefined;
  private stopHandlers: (() => void) | undefined;

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
      this.classes = slots.flatMap(({ classes }) => classes);
      attachToHandlers(slots, this);
      watchHandlerGuards(slots, this.refused);
      watchRequestGuards(slots);
      watchOtherGuards();
    });
  }

  onModuleInit(): void {
    if (this.recording.on) {
      this.stopExceptions ??= this.internalErrors.guard('exceptions layer', () =>
        watchExceptions(new ExceptionsWatch(this.requests, this.internalErrors)),
      );
      this.stopHandlers ??= this.internalErrors.guard('handlers layer', () => watchHandlers(this, this.classes));
    }
    this.watchGlobalGuards();
  }

  /** Watches the guards that `useGlobalGuards` added after the application was made. */
  onApplicationBootstrap(): void {
    this.watchGlobalGuards();
  }

  onApplicationShutdown(): void {
    this.stopExceptions?.();
    this.stopHandlers?.();
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

  around(
    type: string,
    args: readonly unknown[],
    owner: object,
    handler: object,
    alone: boolean,
  ): HandlerAround | undefined {
    if (!this.recording.on) return undefined;
    try {
      if (type === 'http') return this.request(args[0] as object, owner, handler);
      if (isMessage(type)) return this.takesMessage(owner, handler) ? this : undefined;
      return this.other(type, owner, handler, alone);
    } catch (error) {
      this.internalErrors.add('handler', error);
      return undefined;
    }
  }

  private request(request: object, owner: object, handler: object): HandlerAround | undefined {
    const raw = nodeRequestOf(request);
    if (!this.requests.has(raw) || ownership(owner, this) === 'other') return undefined;
    const watched = watchedHandler(owner, handler);
    const ref = this.requests.enterHandler(raw, owner as Type, handler, watched.name);
    return ref && new RequestAround(ref, watched, this.internalErrors);
  }

  /** A resolver of GraphQL, or the handler of another library, in the context of a request or of `runInTrace`. */
  private other(type: string, owner: object, handler: object, alone: boolean): HandlerAround | undefined {
    const ref = currentRef();
    if (!ref || !this.requests.owns(ref) || (alone && isFieldResolver(type, handler))) return undefined;
    this.requests.enterOther(ref);
    return new OtherAround(ref, watchedHandler(owner, handler).name, this.internalErrors);
  }

  /** Where only the slot on the handler identifies the application, the slot's interceptor opens the trace. */
  private takesMessage(owner: object, handler: object): boolean {
    return ownership(owner, this) === 'only' && messageOptions(handler, owner) !== undefined;
  }

  /** Messages: this interceptor. */
  get outermost(): NestInterceptor {
    return this;
  }

  /** A traced message's handler has the interceptor of its slot. */
  alone(next: () => Promise<unknown>): Promise<unknown> {
    return next();
  }

  /** Opens the trace of a message. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // The handler of a message may be that of a route too.
    if (!this.recording.on || !isMessage(context.getType()) || known.has(context)) return next.handle();
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

function isMessage(type: string): boolean {
  return type === 'rpc' || type === 'ws';
}
