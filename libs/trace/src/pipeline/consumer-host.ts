import type { JournalPosition, JournalWriter } from '../journal/write/writer.js';
import { clearInterval, clearTimeout, performance, setInterval, setTimeout } from '../model/timers.js';
import type { ChainView, ReadChains } from './assigned-chains.js';
import type { ConsumerState } from '../model/health.js';
import { ConsumerRun } from './consumer-run.js';
import type { RecordConsumer } from './record-consumer.js';
import { WriterChains } from './writer-chains.js';

export interface ConsumerHostOptions {
  /** The traces' directory. */
  dir: string;
  consumers: readonly RecordConsumer[];
  /** Writes this process's part of the journal. Default: the process only reads what dead processes left. */
  writer?: Pick<JournalWriter, 'position' | 'writer'>;
  /**
   * `own`: each process reads what it wrote, and one of them what dead processes left. `all`: this host reads the segments
   * of all processes, for a program that records nothing. Then several hosts may read the same records: give it only
   * consumers that keep their positions. Default: `own`.
   */
  reads?: ReadChains;
  /** `false`: this thread is there for the consumers, so they need not leave time for other work. Default: `true`. */
  pauses?: boolean;
  /** Receives one line when a consumer begins to fail. */
  warn?: (line: string) => void;
}

/** Delay from a record to its delivery. */
const POLL_MS = 100;
/** Between two looks at what other processes left. */
const LOOK_MS = 2_000;
/** How long `close` may take. */
const CLOSE_MS = 5_000;

/**
 * Runs consumers in the application's process, behind its journal writer. Never throws, and never keeps the process
 * alive; records that are not delivered when it ends are delivered by the next process of the directory.
 */
export class ConsumerHost {
  private readonly runs: ConsumerRun[];
  private readonly chains: WriterChains;
  private readonly timer: NodeJS.Timeout;
  private last: ChainView = { chains: new Map(), own: undefined, isClosed: false };
  private seen: JournalPosition | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ConsumerHostOptions) {
    const { dir, consumers, reads, pauses, warn = () => undefined } = options;
    this.chains = new WriterChains(dir);
    this.runs = consumers.map((consumer) => new ConsumerRun(dir, consumer, warn, reads, pauses));
    this.timer = setInterval(() => this.poll(), POLL_MS).unref();
  }

  /** Delivers what is new now, not at the next look. */
  nudge(): void {
    this.look();
  }

  /** Consumers that failed are called again now: what they need works again. */
  retry(): void {
    for (const run of this.runs) run.retryNow();
  }

  /** How each consumer is, as of now. */
  states(): ConsumerState[] {
    this.look();
    return this.runs.map((run) => run.state());
  }

  /** One sentence for each consumer that makes no progress, and for each that lost records since the start. */
  problems(): string[] {
    return this.runs.flatMap((run) => run.problems());
  }

  /**
   * Delivers what this process recorded, flushes and closes the consumers. Call it when the journal is closed.
   * @param withinMs consumers that take longer are left; default: 5,000
   */
  async close(withinMs = CLOSE_MS): Promise<void> {
    clearInterval(this.timer);
    const view = this.view(true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([late, Promise.all(this.runs.map((run) => run.close(view)))]);
    clearTimeout(timer);
    for (const run of this.runs) run.abandon();
  }

  private poll(): void {
    const at = this.options.writer?.position();
    const isSame = at?.segment === this.seen?.segment && at?.offset === this.seen?.offset;
    const everyMs = this.options.reads === 'all' ? POLL_MS : LOOK_MS;
    if (isSame && performance.now() - this.lookedAt < everyMs) return;
    this.seen = at;
    this.look();
  }

  private look(): void {
    this.lookedAt = performance.now();
    const view = this.view(false);
    for (const run of this.runs) run.look(view);
  }

  /** The journal as of now; as it was before where it cannot be listed, which `health` of the store reports. */
  private view(isClosed: boolean): ChainView {
    try {
      const chains = this.chains.list();
      const id = this.ownId(isClosed);
      this.last = { chains, own: id !== undefined && chains.has(id) ? id : undefined, isClosed };
    } catch {
      this.last = { ...this.last, isClosed };
    }
    return this.last;
  }

  /** `undefined` until the writer has written: reading its identity earlier would create a segment. */
  private ownId(isClosed: boolean): string | undefined {
    const { writer } = this.options;
    return writer && (isClosed || writer.position()) ? writer.writer.id : undefined;
  }
}
