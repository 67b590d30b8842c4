import type { IncomingMessage } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import { nodeRequestOf } from '../request/node-request.js';

/** `Class.method`. */
export function handlerName(owner: { readonly name: string }, handler: { readonly name: string }): string {
  return `${owner.name}.${handler.name}`;
}

/** Node's request of an HTTP context. */
export function rawRequest(host: ArgumentsHost): IncomingMessage {
  return nodeRequestOf(host.getArgByIndex<object>(0));
}
