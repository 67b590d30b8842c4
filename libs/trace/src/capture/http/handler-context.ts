import type { IncomingMessage } from 'node:http';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { nodeRequestOf } from '../request/node-request.js';

/** The part of an execution context that names the handler. */
export type HandlerContext = Pick<ExecutionContext, 'getClass' | 'getHandler'>;

/** `Class.method`. */
export function handlerName(context: HandlerContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}

/** Node's request of an HTTP context. */
export function rawRequest(host: ArgumentsHost): IncomingMessage {
  return nodeRequestOf(host.getArgByIndex<object>(0));
}
