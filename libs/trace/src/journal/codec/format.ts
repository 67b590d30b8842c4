/** Version of the line format, in every segment's header. Readers read all earlier formats and refuse a later one. */
export const JOURNAL_FORMAT = 2;

/** Size at which a writer starts the next segment: retention deletes whole segments. */
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

/** A larger file is no segment and is not read: reading a sparse file of 30 GB takes a minute. */
export const MAX_READ_BYTES = 1024 * 1024 * 1024;

/**
 * Longest line: two payloads at the highest `limits.maxEventBytes` (8 MiB) and the rest of an error. Kill -9 tears writes
 * of 1 MB and more (measured: 1 in 40), which costs the torn record and no other; the default limits stay far below.
 */
export const MAX_RECORD_BYTES = 20 * 1024 * 1024;

/** Traces contain customers' messages, so only the owner may read them. */
export const FILE_MODE = 0o600;
export const DIR_MODE = 0o700;

export const NEWLINE = 0x0a;

const NAME = /^(\d{8})(\.kept)?\.ndjson$/;

/** `00000042.ndjson`, or `00000042.kept.ndjson` for records copied forward before their segments went. */
export function segmentFile(number: number, kept = false): string {
  return `${String(number).padStart(8, '0')}${kept ? '.kept' : ''}.ndjson`;
}

/** The number and kind of a segment by its file name; `undefined` for any other file. */
export function parseSegmentFile(name: string): { number: number; kept: boolean } | undefined {
  const match = NAME.exec(name);
  return match ? { number: Number(match[1]), kept: match[2] !== undefined } : undefined;
}
