import type { ConsumerState } from '../model/health.js';
import { clearTimeout, delay, nextTurn, performance, setTimeout } from '../model/timers.js';
import { AssignedChains, type ChainView } from './assigned-chains.js';
import type { RecordBatch, RecordConsumer } from './record-consumer.js';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
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
  /** Ends a wait before a retry. */
  private stopWaiting: () => void = () => undefined;

  constructor(
    dir: string,
    private readonly consumer: RecordConsumer,
    private readonly warn: (line: string) => void,
  ) {
    this.chains = new AssignedChains(dir, consumer);
    this.lostBefore = this.chains.lostBytes();
  }

  /** Delivers new records. Returns at once: the work goes on between turns of the event loop. */
  look(view: ChainView): void {
    if (this.isClosing) return;
    this.chains.update(view);
    this.running ??= this.run();
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
      if (batch) {
        if (!(await this.deliver(batch))) break;
        this.chains.advance(batch);
      } else if (!this.chains.isUnsaved) break;
      const isDue = !batch || performance.now() - this.savedAt >= CHECKPOINT_MS;
      if (isDue && !(await this.checkpoint())) break;
      // An immediate would keep the process alive, and one that does not runs only when something else is due.
      await (this.isClosing ? nextTurn() : delay(PAUSE_MS, { ref: false }));
    }
  }

  /** `false`: the batch was not consumed, and the application is being closed. */
  private async deliver(batch: RecordBatch): Promise<boolean> {
    if (batch.records.length === 0 && batch.corrupt === 0) return true;
    return this.retry(() => this.consumer.consume(batch));
  }

  /** `false`: not all that was consumed is saved. */
  private async checkpoint(): Promise<boolean> {
    if (!(await this.retry(() => this.consumer.flush?.()))) return false;
    this.chains.save();
    this.savedAt = performance.now();
    return !this.chains.isUnsaved;
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
