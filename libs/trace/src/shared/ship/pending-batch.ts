import type { Micros, TraceKey } from '../../model/record.js';
import type { Checkpoint } from '../../pipeline/checkpoints.js';
import type { RecordBatch } from '../../pipeline/record-consumer.js';
import { packLines } from '../chunk.js';
import type { ShipChunk } from '../ship-target.js';

/** Bytes of lines that are stored in one transaction. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** Traces in one transaction. */
const MAX_CHUNKS = 2_000;

interface TraceLines {
  key: TraceKey;
  /** Time of the first record. */
  at: Micros;
  seq: number;
  lines: Buffer[];
}

/** Lines of one segment on their way, by trace. */
export class PendingBatch {
  to: Checkpoint;
  private readonly traces = new Map<TraceKey, TraceLines>();
  private bytes = 0;

  constructor(
    readonly writer: string,
    { segment, from }: RecordBatch,
    private readonly maxBytes = MAX_BATCH_BYTES,
  ) {
    this.to = { segment, offset: from };
  }

  /** Whether the records of a batch may come into the same transaction. */
  takes({ writer, segment, from, to, records }: RecordBatch): boolean {
    return (
      writer === this.writer &&
      segment === this.to.segment &&
      this.bytes + to - from <= this.maxBytes &&
      this.traces.size + records.length <= MAX_CHUNKS
    );
  }

  add(key: TraceKey, at: Micros, seq: number, line: Buffer): void {
    const trace = this.traces.get(key);
    if (trace) trace.lines.push(line);
    else this.traces.set(key, { key, at, seq, lines: [line] });
    this.bytes += line.length;
  }

  /** Takes the lines of a trace back. Returns their number. */
  remove(key: TraceKey): number {
    const lines = this.traces.get(key)?.lines ?? [];
    this.traces.delete(key);
    for (const { length } of lines) this.bytes -= length;
    return lines.length;
  }

  get keys(): Iterable<TraceKey> {
    return this.traces.keys();
  }

  /** @param startOf start of a trace; `undefined`: it is not known */
  chunks(startOf: (key: TraceKey) => Micros | undefined): ShipChunk[] {
    return Array.from(this.traces.values(), ({ key, at, seq, lines }) => ({
      key,
      startedAt: startOf(key) ?? at,
      seq,
      records: lines.length,
      body: packLines(lines),
    }));
  }
}
