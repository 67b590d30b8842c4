import { isMainThread } from 'node:worker_threads';
import { priceBook } from '../catalog/pricing/price-book.js';
import type { JournalPosition } from '../journal/write/writer.js';
import type { Writer } from '../model/trace-key.js';
import { clearInterval, setInterval } from '../model/timers.js';
import { ConsumerHost } from '../pipeline/consumer-host.js';
import type { RecordWriter } from '../pipeline/record-consumer.js';
import { OtlpConsumer } from './otlp-consumer.js';
import { OtlpSender } from './otlp-sender.js';
import type { FromOtlp, OtlpStart, ToOtlp } from './protocol.js';

const REPORT_MS = 500;

/** Sending behind its messages: in a worker, or in this thread in a run on the source. */
export class OtlpThread {
  private readonly sender: OtlpSender;
  private readonly consumer: OtlpConsumer;
  private readonly host: ConsumerHost;
  private readonly timer: NodeJS.Timeout;
  private own: { writer: RecordWriter; at: JournalPosition | undefined } | undefined;
  private reported = '';

  constructor(
    { dir, send, resource, prices }: OtlpStart,
    private readonly post: (message: FromOtlp) => void,
  ) {
    this.sender = new OtlpSender(send);
    this.consumer = new OtlpConsumer({ dir, ...send, resource, price: priceBook(prices), sender: this.sender });
    const own = (): Writer => this.own?.writer ?? { id: '', number: 0 };
    const writer = {
      get writer() {
        return own();
      },
      position: () => this.own?.at,
    };
    this.host = new ConsumerHost({ dir, consumers: [this.consumer], writer, pauses: isMainThread });
    this.timer = setInterval(() => this.report(), REPORT_MS);
    if (isMainThread) this.timer.unref();
  }

  take(message: ToOtlp): void {
    if (message.type === 'close') void this.close(message.withinMs);
    else if (message.type === 'recorded') {
      this.own = message;
      this.host.nudge();
    }
  }

  /** Sends the rest of this process's traces, each request tried once. */
  private async close(withinMs: number): Promise<void> {
    clearInterval(this.timer);
    this.sender.close();
    await this.host.close(withinMs);
    this.report();
    this.sender.end();
    this.post({ type: 'closed' });
  }

  private report(): void {
    const [state] = this.host.states();
    const { connected, sentSpans, rejectedSpans, lastError } = this.sender;
    const report = {
      connected,
      lagBytes: state?.lag_bytes ?? 0,
      lostBytes: state?.lost_bytes ?? 0,
      sentSpans,
      sentTraces: this.consumer.sentTraces,
      rejectedSpans,
      lastError: lastError ?? (connected ? (state?.failing ?? null) : null),
    };
    const text = JSON.stringify(report);
    if (text === this.reported) return;
    this.reported = text;
    this.post({ type: 'report', report });
  }
}
