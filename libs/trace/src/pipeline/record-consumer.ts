import type { JournalRecord } from '../model/record.js';
import type { Checkpoint } from './checkpoints.js';

/** A process that wrote segments, as their headers have it. */
export interface RecordWriter {
  /** UUID of the process; for segments of format 1 another text that is unique. `RecordBatch.writer` is the same. */
  readonly id: string;
  /** Number of its first segment, unique in the directory. */
  readonly number: number;
  readonly host: string;
  readonly pid: number;
  /** Version of this package in it. */
  readonly version?: string;
}

/** Place of a line in its segment, in bytes. `length` includes the newline. */
export interface LineRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Consecutive lines of one journal segment. The batches of one writer arrive in the order it wrote them; batches of
 * different writers have no order.
 */
export interface RecordBatch {
  /** Identity of the process that wrote the segment. */
  readonly writer: string;
  /** Number of the segment. A writer's later segments have higher numbers. */
  readonly segment: number;
  /** First byte of the batch in the segment. */
  readonly from: number;
  /** Byte behind the last line: the next batch of the segment begins here. */
  readonly to: number;
  readonly records: readonly JournalRecord[];
  /** Places of the records: `lines[i]` is where `records[i]` was read. */
  readonly lines: readonly LineRange[];
  /** Number of damaged lines in the batch, which have no record. */
  readonly corrupt: number;
  /**
   * Reads bytes of the segment as they are in the file now: erased lines are blank. Default: all bytes of the batch.
   * Throws `ENOENT` when the segment was deleted.
   */
  read(range?: LineRange): Buffer;
}

/**
 * Receives everything that the journal records, behind the writer and outside of requests. Delivery is at least once:
 * after a crash, batches since the last checkpoint are delivered again, perhaps cut differently. A consumer that stores
 * `writer`, `segment` and `to` in the transaction that stores the records can skip the lines it has, and so has each
 * record once.
 *
 * @example
 * import { appendFile } from 'node:fs/promises';
 *
 * const toFile: RecordConsumer = {
 *   name: 'file',
 *   consume: (batch) => appendFile('records.ndjson', batch.read()),
 * };
 * TraceModule.forRoot({ consumers: [toFile] });
 */
export interface RecordConsumer {
  /** Unique in the application: lower-case letters, digits and `-`. Names the checkpoint in `<dir>/consumers`. */
  readonly name: string;
  /**
   * `true`: begins with the oldest record, resumes at its checkpoint after a restart, and holds back retention.
   * `false`: receives what is recorded while it runs, and has no checkpoint. Default: `true`.
   */
  readonly durable?: boolean;
  /** Bytes that retention keeps for a durable consumer that is behind; older ones are deleted and counted. Default: 256 MiB. */
  readonly maxLagBytes?: number;
  /** `false`: records come without payloads, decoded in half the time; `read` still has them. Default: `true`. */
  readonly payloads?: boolean;
  /**
   * Kinds of records that it takes, such as `['error', 'end']`. Others are skipped without being decoded or checked;
   * headers of segments always come. Default: all.
   */
  readonly kinds?: readonly JournalRecord['kind'][];
  /**
   * Where the consumer itself keeps its positions, such as in the database that it writes to. Called before the first batch
   * of a writer, and again after each failure of `consume` or `flush`: then it forgets what it has not
   * stored of this writer, and returns
   * the place in the writer's segments behind what it has stored. The next batch begins there, in front of the last one or
   * behind it; a segment that is gone is skipped and counted as lost. `undefined`: the checkpoint in the directory holds.
   * That one is written for retention only. After a failure, the same batch does not come again unless this place says so.
   */
  position?(writer: RecordWriter): Promise<Checkpoint | undefined>;
  /** Takes a batch. One that throws or rejects is called again with the same batch, after 100 ms to 5 s. */
  consume(batch: RecordBatch): void | Promise<void>;
  /**
   * Makes what was consumed durable. Called before each checkpoint: when all is consumed, and every second meanwhile. One
   * that fails is called again.
   */
  flush?(): void | Promise<void>;
  /** Called once, after the last `flush`. */
  close?(): void | Promise<void>;
}
