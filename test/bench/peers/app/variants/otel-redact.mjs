import { setup as setupOtel } from './otel.mjs';

const SECRET_KEYS =
  /("(?:password|secret|token|authorization|cookie|api_key|apiKey|access_token|signature)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const SECRET_TEXTS = /\bBearer\s+[\w.~+/-]+=*|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** The same with a processor before the batch that redacts all text attributes, as applications write it themselves. */
export const setup = (where) => setupOtel(where, (batch) => new RedactingProcessor(batch));

class RedactingProcessor {
  constructor(next) {
    this.next = next;
  }

  onStart(span, parent) {
    this.next.onStart(span, parent);
  }

  onEnd(span) {
    for (const [key, value] of Object.entries(span.attributes)) {
      if (typeof value !== 'string') continue;
      span.attributes[key] = value.replace(SECRET_KEYS, '$1"[redacted]"').replace(SECRET_TEXTS, '[redacted]');
    }
    this.next.onEnd(span);
  }

  forceFlush() {
    return this.next.forceFlush();
  }

  shutdown() {
    return this.next.shutdown();
  }
}
