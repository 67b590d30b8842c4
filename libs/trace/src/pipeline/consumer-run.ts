import type { ConsumerState } from '../model/health.js';
import { clearTimeout, delay, nextTurn, performance, setTimeout } from '../model/timers.js';
import { AssignedChains, type ChainView, type ReadChains } from './assigned-chains.js';
import type { RecordBatch, RecordConsumer, RecordWriter } from './record-consumer.js';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** Calls of a consumer with positions of its own while it is closed: another process may have gone first, or a connection broken. */
const CLOSING_TRIES = 3;
/** Interval between two checkpoints of a consumer that is behind, in milliseconds. */
const CHECKPOINT_MS = 1_000;
/** Pause between two batches, for the application's own work, in milliseconds. */
const PAUSE_MS = 1;
/** Duration from which a call of a consumer is reported, in milliseconds. */
const SLOW_MS = 30_000;

/**
 * Delivers the journal to one consumer. The consumer's errors are reported and the call is retried; they never reach the
 * application, nor another consumer.
 */
export class ConsumerRun {
  private readonly chains: AssignedChains;
  /** Bytes that were lost before the process started. */
  private readonly lostBefore: number;
  private running: Promise<void> | undefined;
  private failing: string | undefined;
  /** Start of the call that the consumer has not finished. */
  private calledAt: number | undefined;
  private savedAt = performance.now();
  private isClosing = false;
  private isAbandoned = false;
  /** Wait before the next call of a consumer with positions of its own. */
  private retryMs = FIRST_RETRY_MS;
  /** Its failures while it is closed. */
  private closingFailures = 0;
  /** Ends a wait before a retry. */
  private stopWaiting: () => void = () => undefined;

  constructor(
    dir: string,
    private readonly consumer: RecordConsumer,
    private readonly warn: (line: string) => void,
    reads: ReadChains = 'own',
    private readonly pauses = true,
  ) {
    this.chains = new AssignedChains(dir, consumer, reads);
    this.lostBefore = this.chains.lostBytes();
  }

  /** Delivers new records. Returns at once: the work goes on between turns of the event loop. */
  look(view: ChainView): void {
    if (this.isClosing) return;
    this.chains.update(view);
    this.running ??= this.run();
  }

  /** Ends the wait before the next try. */
  retryNow(): void {
    this.stopWaiting();
  }

  state(): ConsumerState {
    const failing = this.failure();
    const lost = this.chains.lostBytes();
    return {
      name: this.consumer.name,
      lag_bytes: this.chains.lag(),
      ...(failing !== undefined && { failing }),
      ...(lost > 0 && { lost_bytes: lost }),
    };
  }

  problems(): string[] {
    const { name, failing, lost_bytes: lost = 0, lag_bytes: lag } = this.state();
    const problems =
      failing === undefined ? [] : [`Consumer ${name} makes no progress: ${failing}. ${lag} bytes wait.`];
    if (lost > this.lostBefore) {
      problems.push(
        `Consumer ${name} lost ${lost - this.lostBefore} bytes: it was further behind than \`maxLagBytes\`.`,
      );
    }
    return problems;
  }

  /** Delivers the rest of this process's records, each batch tried once, then flushes and closes. Never rejects. */
  async close(view: ChainView): Promise<void> {
    this.isClosing = true;
    this.stopWaiting();
    await this.running;
    this.chains.update(view);
    await this.work();
    if (this.chains.isUnsaved) await this.checkpoint();
    this.chains.close();
    if (!this.isAbandoned) await this.call(() => this.consumer.close?.());
  }

  /** Stops `close`: the consumer took too long. Its last checkpoint holds. */
  abandon(): void {
    this.isAbandoned = true;
    this.chains.close();
  }

  private async run(): Promise<void> {
    // After `running` is set: the work may be done without a wait.
    await undefined;
    await this.work();
    this.running = undefined;
  }

  private async work(): Promise<void> {
    for (;;) {
      const batch = this.chains.next();
      const unplaced = batch && this.chains.unplaced(batch);
      if (unplaced) {
        if (await this.place(unplaced)) continue;
        break;
      }
      if (batch) {
        const delivered = await this.deliver(batch);
        if (delivered === 'displaced') continue;
        if (!delivered) break;
        this.chains.advance(batch);
      } else if (!this.chains.isUnsaved) break;
      const isDue = !batch || performance.now() - this.savedAt >= CHECKPOINT_MS;
      const saved = !isDue || (await this.checkpoint());
      if (!saved) break;
      // An immediate would keep the process alive, and one that does not runs only when something else is due.
      await (this.isClosing || !this.pauses ? nextTurn() : delay(PAUSE_MS, { ref: false }));
    }
  }

  /** Asks a consumer that keeps its positions where it is. `false`: it does not say, and the application is being closed. */
  private async place(writer: RecordWriter): Promise<boolean> {
    return this.own(async () => this.chains.place(writer.id, await this.consumer.position!(writer)));
  }

  /** `false`: the batch was not consumed, and the application is being closed. `displaced`: another one may be next. */
  private async deliver(batch: RecordBatch): Promise<boolean | 'displaced'> {
    if (this.consumer.position) {
      if (await this.call(() => this.consumer.consume(batch))) return !this.isAbandoned;
      return (await this.failed()) && 'displaced';
    }
    if (batch.records.length === 0 && batch.corrupt === 0) return true;
    return this.retry(() => this.consumer.consume(batch));
  }

  /** `false`: not all that was consumed is saved, and that will not change now. */
  private async checkpoint(): Promise<boolean> {
    const flush = (): void | Promise<void> => this.consumer.flush?.();
    if (this.consumer.position) {
      // What was not stored is read and consumed again.
      if (!(await this.call(flush))) return this.failed();
      this.retryMs = FIRST_RETRY_MS;
      if (this.isAbandoned) return false;
    } else if (!(await this.retry(flush))) return false;
    this.chains.save();
    this.savedAt = performance.now();
    return !this.chains.isUnsaved;
  }

  /** Calls a consumer that keeps its positions until it succeeds. `false`: the application is being closed. */
  private async own(work: () => Promise<void>): Promise<boolean> {
    while (!(await this.call(work))) if (!(await this.failed())) return false;
    return !this.isAbandoned;
  }

  /** Waits after a failure of a consumer that keeps its positions. `false`: it is not called again. */
  private async failed(): Promise<boolean> {
    this.chains.displace();
    if (this.isClosing) this.closingFailures += 1;
    if (this.isAbandoned || this.closingFailures >= CLOSING_TRIES) return false;
    await this.wait(this.retryMs * (0.75 + Math.random() / 4));
    this.retryMs = Math.min(2 * this.retryMs, MAX_RETRY_MS);
    return !this.isAbandoned;
  }

  private async retry(work: () => void | Promise<void>): Promise<boolean> {
    // With jitter, so that several processes do not call a service that is down at the same moments.
    for (let waitMs = FIRST_RETRY_MS; !this.isAbandoned; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      if (await this.call(work)) return !this.isAbandoned;
      if (this.isClosing) return false;
      await this.wait(waitMs * (0.75 + Math.random() / 2));
    }
    return false;
  }

  private async call(work: () => void | Promise<void>): Promise<boolean> {
    this.calledAt = performance.now();
    try {
      await work();
      this.failing = undefined;
      return true;
    } catch (error) {
      const isNew = this.failing === undefined;
      this.failing = text(error);
      if (isNew) this.report(this.failing);
      return false;
    } finally {
      this.calledAt = undefined;
    }
  }

  private report(reason: string): void {
    try {
      this.warn(`Consumer ${this.consumer.name} failed and is retried: ${reason}`);
    } catch {
      // The application's logger throws; `failing` is in health.
    }
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private failure(): string | undefined {
    if (this.failing !== undefined) return this.failing;
    const ms = this.calledAt === undefined ? 0 : performance.now() - this.calledAt;
    return ms >= SLOW_MS ? `A call has not returned for ${Math.round(ms / 1000)} s` : this.chains.problem;
  }
}

/** A thrown value in words; it may be of any type. */
function text(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown error';
  }
}
