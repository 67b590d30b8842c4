import { gzipSync } from 'node:zlib';
import { clearTimeout, performance, setTimeout } from '../model/timers.js';
import type { OtelSpan } from '../otel/otel-span.js';
import { writeProtobuf } from '../otel/wire/write-protobuf.js';
import type { ResolvedExport } from './otlp.options.js';
import { NoAnswerError, OtlpConnection, type OtlpAnswer } from './otlp-post.js';
import { partialSuccessIn } from './partial-success.js';

/** OpenTelemetry's default for exporters. */
const TIMEOUT_MS = 10_000;
/** How much longer a receiver may take that did not answer in time: one that is only slow has taken the spans by then. */
const MAX_PATIENCE = 8;
/** Answers after which the specification allows another try. */
const AGAIN = new Set([429, 502, 503, 504]);
const TOO_LARGE = 413;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** The longest `Retry-After` that is kept. */
const MAX_RETRY_AFTER_MS = 300_000;
const MAX_REASON = 200;

/**
 * Sends spans, one request after the other, and tries again for as long as the receiver is away or asks to wait.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export class OtlpSender {
  /** The last request was answered, and not by a wish to wait. */
  connected = true;
  sentSpans = 0;
  rejectedSpans = 0;
  /** Why the last request failed, or why spans were refused. */
  lastError: string | null = null;

  private readonly connection: OtlpConnection;
  /** Milliseconds within which an answer must come. */
  private patienceMs: number;
  /** Why spans were refused; stays when an outage is over. */
  private refusal: string | null = null;
  private isClosing = false;
  private stopWaiting: () => void = () => undefined;

  constructor(
    private readonly options: Pick<ResolvedExport, 'url' | 'headers' | 'compression'>,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.connection = new OtlpConnection(options.url, options.headers);
    this.patienceMs = timeoutMs;
  }

  /** Resolves when the receiver took the spans, or refused them for good. Rejects only after `close`. */
  async send(spans: readonly OtelSpan[]): Promise<void> {
    if (spans.length === 0) return;
    const body = this.encoded(spans);
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      const answer = await this.attempt(body);
      if (answer && answer.status === TOO_LARGE && spans.length > 1) return this.halves(spans);
      if (answer && !AGAIN.has(answer.status)) return this.settled(spans.length, answer);
      if (this.isClosing) throw new Error(this.lastError ?? 'the receiver is away');
      // With jitter, so that several processes do not call at the same moments.
      const jittered = waitMs * (0.75 + Math.random() / 2);
      await this.wait(Math.min(answer?.retryAfterMs ?? jittered, MAX_RETRY_AFTER_MS));
    }
  }

  /** Requests are tried once from now on. */
  close(): void {
    this.isClosing = true;
    this.stopWaiting();
  }

  /** Closes the connection. */
  end(): void {
    this.connection.end();
  }

  private encoded(spans: readonly OtelSpan[]): Buffer {
    const body = writeProtobuf(spans);
    return this.options.compression === 'gzip' ? gzipSync(body) : body;
  }

  /** `undefined`: no answer came. */
  private async attempt(body: Buffer): Promise<OtlpAnswer | undefined> {
    const began = performance.now();
    try {
      const encoding = this.options.compression === 'gzip' ? 'gzip' : undefined;
      const answer = await this.connection.post(body, encoding, this.patienceMs);
      if (performance.now() - began < this.timeoutMs) this.patienceMs = this.timeoutMs;
      this.connected = !AGAIN.has(answer.status);
      if (!this.connected) this.lastError = `it answered ${answer.status}`;
      return answer;
    } catch (error) {
      // Each try that a slow receiver answers too late doubles the spans there: the next one waits longer.
      if (error instanceof NoAnswerError)
        this.patienceMs = Math.min(2 * this.patienceMs, MAX_PATIENCE * this.timeoutMs);
      this.connected = false;
      this.lastError = reasonOf(error);
      return undefined;
    }
  }

  private async halves(spans: readonly OtelSpan[]): Promise<void> {
    const middle = spans.length >> 1;
    await this.send(spans.slice(0, middle));
    await this.send(spans.slice(middle));
  }

  private settled(count: number, answer: OtlpAnswer): void {
    const { status, flaw } = answer;
    if (status < 200 || status >= 300) {
      this.rejectedSpans += count;
      this.refusal = this.lastError = `it refused ${count} spans with status ${status}`;
      return;
    }
    const partial = partialSuccessIn(answer);
    const rejected = Math.min(partial?.rejected ?? 0, count);
    this.sentSpans += count - rejected;
    this.rejectedSpans += rejected;
    if (partial) this.refusal = `it refused ${rejected} of ${count} spans: ${partial.message}`;
    this.lastError = flaw === undefined ? this.refusal : `its answer with status ${status} ${flaw}`;
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A failed connection to several addresses has its reason in its code. */
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).slice(0, MAX_REASON);
}
