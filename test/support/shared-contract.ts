import { tmpdir } from 'node:os';
import { priceBook } from '../../libs/trace/src/catalog/pricing/price-book.js';
import { decodeLine, RecordEncoder } from '../../libs/trace/src/journal/codec/codec.js';
import type { RecordDraft } from '../../libs/trace/src/model/record.js';
import type {
  LineRange,
  RecordBatch,
  RecordConsumer,
  RecordWriter,
} from '../../libs/trace/src/pipeline/record-consumer.js';
import { ShipConsumer } from '../../libs/trace/src/shared/ship/ship-consumer.js';
import type { ShipSource, ShipTarget } from '../../libs/trace/src/shared/ship-target.js';
import type { TraceStore } from '../../libs/trace/src/store/port.js';
import type { SharedTarget } from '../../libs/trace/src/store/shared-target.js';
import { openSharedReader } from '../../libs/trace/src/targets/shared-readers.js';
import { openShipTarget } from '../../libs/trace/src/targets/ship-targets.js';
import type { ContractStore } from '../../libs/trace/src/testing/store-contract/store-contract.js';

/** A shared store that is read, and the consumer that ships into it, both in this thread. */
export type SharedSubject = ContractStore & { readonly consumer: ShipConsumer; readonly shipTarget: ShipTarget };

/**
 * Opens the database of a target for the store contract: what the consumer has flushed can be read at once. `close` closes
 * the reader and the shipper.
 */
export function openShared(target: SharedTarget): SharedSubject {
  const reader: TraceStore = openSharedReader(target);
  const shipTarget = openShipTarget(target);
  const consumer = new ShipConsumer({ dir: tmpdir(), target: shipTarget, sourceOf, prices: priceBook(undefined) });
  return new Proxy(reader, {
    get(store, name) {
      if (name === 'consumer') return consumer;
      if (name === 'shipTarget') return shipTarget;
      if (name === 'freshness') return { lagMs: 0 };
      if (name === 'close') {
        return async () => {
          await store.close();
          await shipTarget.close();
        };
      }
      const value = Reflect.get(store, name) as unknown;
      return typeof value === 'function' ? value.bind(store) : value;
    },
  }) as SharedSubject;
}

/** The writer's process, as if this one were it. */
export function sourceOf({ id, host, pid, version = '0.0.0' }: RecordWriter): ShipSource {
  return { writer: id, instance: `instance of ${host}`, host, pid, version, isOwn: true };
}

/** The lines that a process writes into one segment, as batches for a consumer. */
export class SegmentLines {
  private readonly encoder = new RecordEncoder();
  /** The header is the first record. */
  private seq = 1;
  private end = 0;

  constructor(
    readonly writer: string,
    private readonly segment = 1,
  ) {}

  batch(drafts: readonly RecordDraft[]): RecordBatch {
    const from = this.end;
    const lines = drafts.map((draft) => this.line(draft));
    const ranges = lines.map(({ length }) => {
      this.end += length;
      return { offset: this.end - length, length };
    });
    const records = lines.map((line) => decodeLine(line, 0, line.length - 1)!);
    const bytes = Buffer.concat(lines);
    const read = (range?: LineRange): Buffer =>
      range ? bytes.subarray(range.offset - from, range.offset - from + range.length) : bytes;
    return { writer: this.writer, segment: this.segment, from, to: this.end, records, lines: ranges, corrupt: 0, read };
  }

  private line(draft: RecordDraft): Buffer {
    const length = this.encoder.encode(draft, (this.seq += 1));
    return Buffer.from(this.encoder.buffer.subarray(0, length));
  }
}

/** Ships records of a process and makes them readable. */
export async function shipRecords(
  consumer: RecordConsumer,
  writer: RecordWriter,
  drafts: readonly RecordDraft[],
): Promise<void> {
  const segment = new SegmentLines(writer.id, writer.number);
  await consumer.position?.(writer);
  for (let at = 0; at < drafts.length; at += 2_000) await consumer.consume(segment.batch(drafts.slice(at, at + 2_000)));
  await consumer.flush?.();
}
