import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';
import { TRACE_WEBHOOK_METADATA } from './trace-metadata.js';
import { readRequestValue, type RequestValue } from '../request-value.js';
import type { TracedRequest } from '../traced-request.js';

export { isNoTrace } from './trace-metadata.js';

/**
 * What of a handler's answer is the reply to the contact: `response`, its text; or a function of the body (JSON where it is
 * that, else the text) that returns the reply, or `undefined` where the answer has none.
 */
export type ReplyRule = 'response' | ((body: unknown) => string | undefined);

/**
 * Options of `@TraceWebhook()`.
 * @typeParam T the argument of the functions: the request; on a handler of messages (microservices, WebSockets), the data
 */
export interface TraceWebhookOptions<T = TracedRequest> {
  /** Type of the trace in lists, such as `crm` or `billing`. Default: the dialect's name. */
  type?: string;
  /** The contact's id: a function, or where it is (`'body.customer.phone'`). Default: what a dialect finds in the body. */
  contactId?: RequestValue<T>;
  /** The contact's message: a function, or where it is. Default: the text that a dialect finds in the body. */
  message?: RequestValue<T>;
  /**
   * For a handler whose answer is the reply: records it as `message_sent` once a response of 2xx is out. Default: answers are
   * no replies, but for TwiML to Twilio and a method of the Bot API to Telegram. On a handler of messages it has no effect.
   */
  reply?: ReplyRule;
}

/** The options with functions for values of the request. */
export interface ReadWebhookOptions<T = TracedRequest> extends TraceWebhookOptions<T> {
  contactId?: (request: T) => string | undefined;
  message?: (request: T) => string | undefined;
}

/**
 * Opens a trace for each request to this route, or to each route of this controller, whatever its path. On a
 * `@MessagePattern`, `@EventPattern` or `@SubscribeMessage` handler it opens one for each message; without it, messages
 * have no trace.
 *
 * @example
 * const CrmWebhook = TraceWebhook({ type: 'crm', contactId: 'headers.x-customer' });
 * `class CrmController { @CrmWebhook @Post('crm/events') receive() {} }`
 */
export function TraceWebhook<T = TracedRequest>(
  options: TraceWebhookOptions<T> = {},
): ClassDecorator & MethodDecorator {
  const { contactId, message } = options;
  const read = { ...options, contactId: readRequestValue(contactId), message: readRequestValue(message) };
  return SetMetadata(TRACE_WEBHOOK_METADATA, read satisfies ReadWebhookOptions<T>);
}

/** The options of `@TraceWebhook()` on this controller class or handler; `undefined` without one. */
export function traceWebhookOptions(target: object): ReadWebhookOptions | undefined {
  return Reflect.getMetadata(TRACE_WEBHOOK_METADATA, target) as ReadWebhookOptions | undefined;
}
