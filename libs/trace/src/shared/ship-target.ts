import type { RetentionLimits } from '../maintenance/retention/retention-policy.js';
import type { Micros, TraceKey } from '../model/record.js';
import type { TraceHead } from '../model/trace.js';
import type { Checkpoint } from '../pipeline/checkpoints.js';

/** A process whose journal is shipped: the one that wrote the segments, which need not be the one that ships them. */
export interface ShipSource {
  /** Identity of the process as a writer, as `RecordBatch.writer` has it: a UUID. */
  readonly writer: string;
  /** Name of its instance. */
  readonly instance: string;
  readonly service?: string;
  readonly host: string;
  readonly pid: number;
  /** Version of this package in it. */
  readonly version: string;
  /** The process that ships is this process: what it ships is a sign of life. */
  readonly isOwn: boolean;
}

/** Whole lines of one trace, as they are in the journal, of one batch. */
export interface ShipChunk {
  readonly key: TraceKey;
  /** Start of the trace; of a trace that is not known, the time of the first of these records. Chooses the day. */
  readonly startedAt: Micros;
  /** `seq` of the first record, in the numbering of the batch's source. */
  readonly seq: number;
  readonly records: number;
  /** Lines compressed by `packLines`. */
  readonly body: Buffer;
}

/** Uses of one agent, tool, hop, model or host in one trace. */
export interface NamedUse {
  readonly kind: 'hop' | 'agent' | 'tool' | 'model' | 'host';
  readonly name: string;
  readonly n: number;
  readonly errors: number;
  /** Sum of the measured durations, in microseconds. */
  readonly us: number;
  /** Buckets (`catalog/tables/rollups/latency.ts`) of the durations. */
  readonly took: readonly number[];
}

/** What lists, filters, search and sums need of a trace: one row of the shared store. */
export interface ShippedTrace {
  /** The message is cut at `MAX_MESSAGE`. */
  readonly head: TraceHead;
  /** `seq` of the last record that is in it, in the numbering of the process that opened the trace. */
  readonly version: number;
  /** What the trace is found by: see `tags.ts`. */
  readonly tags: readonly string[];
  /** Folded text (`model/text.ts`) that a text search covers: id, message, contacts, errors. */
  readonly search: string;
  readonly uses: readonly NamedUse[];
}

/** Consecutive lines of one segment, to be stored in one transaction with the position behind them. */
export interface ShipBatch {
  readonly source: ShipSource;
  /** Where the store must be for the batch to be taken. */
  readonly from: Checkpoint;
  readonly to: Checkpoint;
  readonly chunks: readonly ShipChunk[];
  /** The traces of the chunks as they are after the batch, each once. */
  readonly traces: readonly ShippedTrace[];
}

/** A contact to erase from the directories of all instances. */
export interface PendingErasure {
  readonly id: number;
  /** `null`: all instances that were live have erased it, and only its hash is kept. */
  readonly contactId: string | null;
  /** SHA-256 of the contact's id. */
  readonly contactHash: string;
  /** Records until this time are erased; later ones belong to a contact that wrote again. */
  readonly until: Micros;
}

/** A sign of life of this process. */
export interface ShipPulse {
  readonly lagBytes: number;
  readonly lostBytes: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * A database that takes the records of many processes. Each process is a source with a position of its own, which is
 * stored in the transaction that stores its records: so each record is stored once, whichever process ships it and how often.
 */
export interface ShipTarget {
  /** Registers the source if it is new. Returns the place up to which its records are stored. */
  open(source: ShipSource): Promise<Checkpoint>;
  /** Traces as they are stored, with a row for each key that is known. */
  traces(keys: readonly TraceKey[]): Promise<ShippedTrace[]>;
  /** Stores all or nothing. `fenced`: another process shipped lines of this source meanwhile, so ask `open` again. */
  ship(batch: ShipBatch): Promise<'taken' | 'fenced'>;
  /** Every 15 s, and with `closed` as the last call of a source. */
  beat(source: ShipSource, pulse: ShipPulse, closed?: boolean): Promise<void>;
  /** Erasures that this source has not acknowledged, the oldest first. */
  erasures(source: ShipSource): Promise<PendingErasure[]>;
  /** The directory of this source has nothing of these contacts any more. */
  acknowledge(source: ShipSource, ids: readonly number[]): Promise<void>;
  /**
   * Once a minute, by each process: the first that comes does what is due (days to come, retention, sums, traces of silent
   * processes), the others return at once.
   */
  maintain(limits: SharedRetention): Promise<void>;
  close(): Promise<void>;
}

/** How long a shared store keeps traces. `maxBytes` is `undefined` unless the application sets it. */
export type SharedRetention = Omit<RetentionLimits, 'maxBytes'> & { maxBytes: number | undefined };
