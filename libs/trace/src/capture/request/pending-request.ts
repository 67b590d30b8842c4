import type { ReadWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import type { TracedRequest } from '../../context/traced-request.js';
import type { BodyWatch } from './body-watch.js';

/** The request behind a trace until it is identified. */
export interface PendingRequest {
  /** The framework's own request object. */
  readonly request: TracedRequest;
  readonly method: string;
  /** The path as it came, before any router rewrote it, without its query string. */
  readonly path: string;
  readonly search: string;
  /** Bytes of the body, where it may have one; none for messages. */
  readonly watch?: BodyWatch;
  /** The beginning of its body was recorded. */
  begun?: boolean;
  /** From `@TraceWebhook(options)`. */
  declared?: ReadWebhookOptions;
}
