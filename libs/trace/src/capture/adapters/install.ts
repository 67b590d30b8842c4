import type { HttpServer } from '@nestjs/common';
import type { WebhookCapture } from '../webhook-capture.js';
import { installOnExpress } from './express.js';
import { installOnFastify } from './fastify.js';

/** Puts capture before everything else the adapter does. An adapter of another kind is left alone. */
export function installCapture(adapter: HttpServer | undefined, capture: WebhookCapture): void {
  switch (adapter?.getType?.()) {
    case 'express':
      return installOnExpress(adapter, capture);
    case 'fastify':
      return installOnFastify(adapter, capture);
    default:
  }
}
