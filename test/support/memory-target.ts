import { unpackLines } from '../../libs/trace/src/shared/chunk.js';
import type {
  PendingErasure,
  SharedRetention,
  ShipBatch,
  ShippedTrace,
  ShipPulse,
  ShipSource,
  ShipTarget,
} from '../../libs/trace/src/shared/ship-target.js';
import type { Checkpoint } from '../../libs/trace/src/pipeline/checkpoints.js';

/** What the next calls do instead of working. */
export type Fault =
  /** The call is refused before anything is stored. */
  | 'down'
  /** The batch is stored, and the answer is lost. */
  | 'lost'
  /** Another process has shipped some of the lines. */
  | 'fenced';

interface StoredSource {
  source: ShipSource;
  at: Checkpoint;
  pulses: (ShipPulse & { closed: boolean })[];
  acknowledged: Set<number>;
}

/** A shared store in this process, which can fail in each way that a database can. */
export class MemoryTarget implements ShipTarget {
  readonly sources = new Map<string, StoredSource>();
  readonly batches: ShipBatch[] = [];
  readonly heads = new Map<string, ShippedTrace>();
  readonly pending: PendingErasure[] = [];
  readonly calls: Record<string, number> = {};
  /** Faults of the next calls of `ship`, each once. */
  readonly faults: Fault[] = [];
  /** All calls fail, as long as it is set. */
  isDown = false;
  /** Each call waits for it. */
  slow: Promise<unknown> | undefined;
  isClosed = false;

  async open(source: ShipSource): Promise<Checkpoint> {
    await this.called('open');
    const known = this.sources.get(source.writer);
    if (known) return { ...known.at };
    const at = { segment: 0, offset: 0 };
    this.sources.set(source.writer, { source, at, pulses: [], acknowledged: new Set() });
    return { ...at };
  }

  async traces(keys: readonly string[]): Promise<ShippedTrace[]> {
    await this.called('traces');
    return structuredClone(keys.flatMap((key) => this.heads.get(key) ?? []));
  }

  async ship(batch: ShipBatch): Promise<'taken' | 'fenced'> {
    await this.called('ship');
    const fault = this.faults.shift();
    if (fault === 'down') throw new Error('the connection was refused');
    const known = this.sources.get(batch.source.writer);
    if (!known) throw new Error('the source was not opened');
    if (fault === 'fenced') return 'fenced';
    if (known.at.segment !== batch.from.segment || known.at.offset !== batch.from.offset) return 'fenced';
    for (const { head, tags, search } of batch.traces) {
      const texts: unknown[] = [head.traceId, head.contactId, head.status, head.messageId ?? '', search, ...tags];
      if (texts.some((text) => typeof text !== 'string')) throw new Error('a column takes texts only');
    }
    known.at = { ...batch.to };
    this.batches.push(structuredClone({ ...batch, chunks: batch.chunks.map((chunk) => ({ ...chunk })) }));
    for (const trace of batch.traces) {
      const stored = this.heads.get(trace.head.key);
      if (!stored || stored.version <= trace.version) this.heads.set(trace.head.key, structuredClone(trace));
    }
    if (fault === 'lost') throw new Error('the connection was lost');
    return 'taken';
  }

  async beat(source: ShipSource, pulse: ShipPulse, closed = false): Promise<void> {
    await this.called('beat');
    this.sources.get(source.writer)?.pulses.push({ ...pulse, closed });
  }

  async erasures({ writer }: ShipSource): Promise<PendingErasure[]> {
    await this.called('erasures');
    return this.pending.filter(({ id }) => !this.sources.get(writer)?.acknowledged.has(id));
  }

  async acknowledge({ writer }: ShipSource, ids: readonly number[]): Promise<void> {
    await this.called('acknowledge');
    for (const id of ids) this.sources.get(writer)?.acknowledged.add(id);
  }

  async maintain(_limits: SharedRetention): Promise<void> {
    await this.called('maintain');
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** All lines that were shipped, in the order of the batches. */
  lines(): string[] {
    return this.batches.flatMap(({ chunks }) =>
      chunks.flatMap(({ body }) => unpackLines(Buffer.from(body)).toString().split('\n').slice(0, -1)),
    );
  }

  /** Goes back to an earlier state, as a database does that is restored from a backup. */
  restore(keep: number): void {
    this.batches.length = keep;
    this.heads.clear();
    for (const each of this.sources.values()) each.at = { segment: 0, offset: 0 };
    for (const { source, to, traces } of this.batches) {
      this.sources.get(source.writer)!.at = { ...to };
      for (const trace of traces) this.heads.set(trace.head.key, structuredClone(trace));
    }
  }

  private async called(name: string): Promise<void> {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    await this.slow;
    if (this.isDown) throw new Error('the connection was refused');
  }
}
