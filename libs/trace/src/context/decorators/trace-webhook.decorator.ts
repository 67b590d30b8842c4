import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';
import { TRACE_WEBHOOK_METADATA } from './trace-metadata.js';

export { isNoTrace } from './trace-metadata.js';

/** A request as the framework made it (Express's or Fastify's), its body parsed where there is one. */
export interface TracedRequest {
  method: string;
  /** Path and query string. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  query?: unknown;
  [key: string]: unknown;
}

/** @typeParam T argument of the functions: the request; on a handler of messages (microservices, WebSockets), the data. */
export interface TraceWebhookOptions<T = TracedRequest> {
  /** Type of the trace in lists, in place of the dialect's name: `crm`, `billing`, … */
  type?: string;
  /** The contact of the request. Default: the contact that the dialects find in its body. */
  contactId?: (request: T) => string | undefined;
  /** The contact's message. Default: the message that the dialects find in the body. */
  message?: (request: T) => string | undefined;
}

/**
 * Opens a trace for each request to this route, or to each route of this controller, whatever its path. Also for each
 * message to a `@MessagePattern`, `@EventPattern` or `@SubscribeMessage` handler. No other setting opens traces for messages.
 */
export function TraceWebhook<T = TracedRequest>(
  options: TraceWebhookOptions<T> = {},
): ClassDecorator & MethodDecorator {
  return SetMetadata(TRACE_WEBHOOK_METADATA, options);
}

/** The options of `@TraceWebhook()` on this controller class or handler; `undefined` where there is none. */
export function traceWebhookOptions(target: object): TraceWebhookOptions | undefined {
  return Reflect.getMetadata(TRACE_WEBHOOK_METADATA, target) as TraceWebhookOptions | undefined;
}
