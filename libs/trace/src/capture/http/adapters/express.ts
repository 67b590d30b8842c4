import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { runWith } from '../../../context/trace-context.js';
import type { CapturedRequest } from '../../capture.options.js';
import type { WebhookCapture } from '../webhook-capture.js';

/**
 * A middleware registered before the body parser: guards, pipes, malformed JSON and aborted uploads all come after it.
 * Express carries AsyncLocalStorage from here to the handler.
 */
export function installOnExpress(adapter: HttpServer, capture: WebhookCapture): void {
  adapter.use((request: IncomingMessage & CapturedRequest, response: ServerResponse, next: () => void) => {
    const ref = capture.arrive(request, request, response);
    if (ref) runWith(ref, next);
    else next();
  });
}
