import type { JournalPosition } from '../journal/write/writer.js';
import type { AttributeValue } from '../model/attributes.js';
import type { PriceTable } from '../model/price.js';
import type { RecordWriter } from '../pipeline/record-consumer.js';
import type { ResolvedExport } from './otlp.options.js';

/** What is sent, and where to. Plain data. */
export interface OtlpStart {
  /** The traces' directory. */
  dir: string;
  send: ResolvedExport;
  /** Attributes of the process. */
  resource: Record<string, AttributeValue>;
  /** The application's own prices of models. */
  prices?: PriceTable;
}

/** State of the sending of traces. Plain data: a worker sends it. */
export interface OtlpReport {
  /** The last request was answered, and not by a wish to wait. */
  connected: boolean;
  /** Bytes of the journal that it has not read. */
  lagBytes: number;
  /** Bytes that retention deleted before they were read. */
  lostBytes: number;
  /** Spans that the receiver took, since the start. */
  sentSpans: number;
  /** Traces that were sent, since the start; one with late records counts again. */
  sentTraces: number;
  /** Spans that the receiver refused for good, since the start. */
  rejectedSpans: number;
  /** Why the last request failed, or why spans were refused; `null`: neither happened. */
  lastError: string | null;
}

/** Messages to the thread that sends. */
export type ToOtlp =
  /** The process runs, and has recorded nothing. */
  | { type: 'start' }
  /** The process has recorded up to here. */
  | { type: 'recorded'; writer: RecordWriter; at: JournalPosition | undefined }
  | { type: 'close'; withinMs: number };

/** Messages from the thread that sends. */
export type FromOtlp = { type: 'report'; report: OtlpReport } | { type: 'closed' };
