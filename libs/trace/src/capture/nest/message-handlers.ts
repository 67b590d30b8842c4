import type { ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import type { ReadWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import { handlerName } from '../http/handler-context.js';
import { handlersOf, wishOf } from '../http/routes/declared-routes.js';
import { addSlot, MessageSlot, type SlotModule } from './enhancer-slots.js';
import type { ArrivedMessage } from './message-capture.js';
import { messageHeaders } from './message-headers.js';

// Nest's own metadata keys, written out: the packages they belong to are not ours to require.
const INTERCEPTORS = '__interceptors__';
const RPC_PATTERN = 'microservices:pattern';
const WS_PATTERN = 'message';
const WS_HANDLER = 'websockets:message_mapping';

/** The options of `@TraceWebhook()` on a message handler or its class; `undefined`: its messages open no trace. */
export function messageOptions(handler: object, owner: object): ReadWebhookOptions | undefined {
  return wishOf(handler, owner) || undefined;
}

/** The message in an execution context of `@nestjs/microservices` or `@nestjs/websockets`, if its handler is traced. */
export function arrivedMessage(context: ExecutionContext): ArrivedMessage | undefined {
  const options = messageOptions(context.getHandler(), context.getClass());
  if (!options) return undefined;
  const transport = context.getType() === 'ws' ? 'WS' : 'RPC';
  return {
    transport,
    pattern:
      transport === 'WS' ? patternOf(context, WS_PATTERN) : (subject(context) ?? patternOf(context, RPC_PATTERN)),
    data: transport === 'WS' ? context.switchToWs().getData() : context.switchToRpc().getData(),
    // The headers of a WebSocket are those of its connection: they name no message's caller.
    headers: transport === 'WS' ? {} : messageHeaders(context.switchToRpc().getContext()),
    handler: handlerName(context.getClass(), context.getHandler()),
    options,
  };
}

/**
 * Puts `interceptor` on every traced message handler of these modules. Global interceptors do not reach all of them: a
 * hybrid application gives them to `connectMicroservice` only with `inheritAppConfig: true`, and Nest 11 never to a
 * gateway. An interceptor on the handler itself always runs; where both run, the message is traced once.
 */
export function attachToHandlers(modules: Iterable<SlotModule>, interceptor: NestInterceptor): void {
  for (const { classes, bind } of modules) {
    const handlers = [...messageHandlers(classes)];
    if (handlers.length === 0) continue;
    for (const { handler } of handlers) addSlot(INTERCEPTORS, handler, MessageSlot, 'first');
    bind(MessageSlot, { intercept: (context, next) => interceptor.intercept(context, next) });
  }
}

/** The traced message handlers of these classes. */
export function* messageHandlers(classes: Iterable<Type>): Iterable<{ owner: Type; handler: object }> {
  for (const owner of classes) {
    for (const handler of handlersOf(owner)) {
      if (isMessageHandler(handler) && messageOptions(handler, owner)) yield { owner, handler };
    }
  }
}

function isMessageHandler(method: object): boolean {
  return Reflect.hasMetadata(RPC_PATTERN, method) || Reflect.hasMetadata(WS_HANDLER, method);
}

/** The subject by which a transport delivered a message: more exact than a pattern with wildcards. */
function subject(context: ExecutionContext): string | undefined {
  const transport = context.switchToRpc().getContext<Record<string, unknown> | undefined>();
  for (const name of ['getPattern', 'getSubject', 'getTopic', 'getChannel']) {
    const ask = transport?.[name];
    if (typeof ask === 'function') return asText(ask.call(transport));
  }
  return undefined;
}

function patternOf(context: ExecutionContext, key: string): string {
  const pattern: unknown = Reflect.getMetadata(key, context.getHandler());
  return asText(Array.isArray(pattern) ? pattern[0] : pattern);
}

function asText(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? '');
}
