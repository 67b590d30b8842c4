import { randomUUID } from 'node:crypto';
import { RecordEncoder } from '../../libs/trace/src/journal/codec/codec.js';
import type { Micros, RecordDraft } from '../../libs/trace/src/model/record.js';
import type { PostgresShipTarget } from '../../libs/trace/src/postgres/ship/ship-target.js';
import { packLines } from '../../libs/trace/src/shared/chunk.js';
import type { ShipBatch, ShipChunk, ShippedTrace, ShipSource } from '../../libs/trace/src/shared/ship-target.js';

/** A process whose lines are shipped by the test, batch by batch. */
export class ShippingProcess {
  readonly source: ShipSource = {
    writer: randomUUID(),
    instance: 'one',
    host: 'host',
    pid: 1,
    version: '0.1.0',
    isOwn: true,
  };
  /** Number of its records so far. */
  seq = 0;
  private offset = 0;
  private readonly encoder = new RecordEncoder();

  constructor(private readonly target: PostgresShipTarget) {}

  async open(): Promise<this> {
    const { segment, offset } = await this.target.open(this.source);
    if (segment > 0) this.offset = offset;
    return this;
  }

  /** Ships records as one batch. `records`: their traces in order, by the names of the traces. Returns their numbers. */
  async ship(names: readonly string[], startedAt: Micros, traces: readonly ShippedTrace[] = []): Promise<number[]> {
    const batch = this.batch(names, startedAt, traces);
    const taken = await this.target.ship(batch.batch);
    if (taken !== 'taken') throw new Error(`the batch is ${taken}`);
    this.offset = batch.batch.to.offset;
    return batch.numbers;
  }

  /** A batch that can be shipped several times. Its records are numbered once. */
  batch(
    names: readonly string[],
    startedAt: Micros,
    traces: readonly ShippedTrace[] = [],
  ): { batch: ShipBatch; numbers: number[] } {
    const lines = new Map<string, { seq: number; lines: Buffer[] }>();
    const numbers: number[] = [];
    for (const name of names) {
      this.seq += 1;
      numbers.push(this.seq);
      const trace = this.keyOf(name);
      const chunk = lines.get(trace) ?? { seq: this.seq, lines: [] };
      const draft: RecordDraft = { kind: 'handler', trace, handler: `h${this.seq}`, ts: startedAt + this.seq };
      chunk.lines.push(Buffer.from(this.encoder.buffer.subarray(0, this.encoder.encode(draft, this.seq))));
      lines.set(trace, chunk);
    }
    const chunks = Array.from(lines, ([key, chunk]): ShipChunk => ({
      key,
      startedAt,
      seq: chunk.seq,
      records: chunk.lines.length,
      body: packLines(chunk.lines),
    }));
    // The position of a source that has shipped nothing is before its first segment.
    const from = this.offset === 0 ? { segment: 0, offset: 0 } : { segment: 1, offset: this.offset };
    const to = { segment: 1, offset: this.offset + 1 + numbers.length };
    return { batch: { source: this.source, from, to, chunks, traces }, numbers };
  }

  keyOf(name: string): string {
    return `${this.source.writer.slice(0, 8)}-${name}`;
  }
}
