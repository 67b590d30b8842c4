import { unpackLines } from '../../shared/chunk.js';
import type { ShipChunk } from '../../shared/ship-target.js';

const SEQ = /"seq":(\d+)/;
/** Changes of a chunk by erasures, between two numbers of records. */
const CHANGES = 8;

/** A row of `chunks`. */
export interface ChunkRow {
  key: string;
  started_us: number;
  source: string;
  seq: number;
  last_seq: number;
  version: number;
  lines: string;
}

/** SQL: the version of a changed chunk. */
export const NEXT_CHUNK_VERSION = `version + if(version % ${CHANGES} < ${CHANGES - 1}, 1, 0)`;

/**
 * The row of a chunk, with the lines as they are in the journal: the server compresses many traces together, which takes
 * less than half of the space of chunks that are compressed one by one.
 */
export function chunkRow(chunk: ShipChunk, source: string): ChunkRow {
  const lines = unpackLines(chunk.body).toString();
  return {
    key: chunk.key,
    started_us: chunk.startedAt,
    source,
    seq: chunk.seq,
    last_seq: lastSeqOf(lines) ?? chunk.seq,
    // Two processes may ship the same lines in different pieces: the longer piece has all of the shorter one.
    version: chunk.records * CHANGES,
    lines,
  };
}

function lastSeqOf(lines: string): number | undefined {
  const start = lines.lastIndexOf('\n', lines.length - 2) + 1;
  const match = SEQ.exec(lines.slice(start, start + 200));
  return match ? Number(match[1]) : undefined;
}

/** The row of `batches`; `undefined`: it has no records. */
export function batchRow(chunks: readonly ChunkRow[], source: string): object | undefined {
  if (chunks.length === 0) return undefined;
  return {
    source,
    first_seq: min(chunks.map(({ seq }) => seq)),
    last_seq: max(chunks.map(({ last_seq }) => last_seq)),
    oldest_us: min(chunks.map(({ started_us }) => started_us)),
    newest_us: max(chunks.map(({ started_us }) => started_us)),
    keys: chunks.map(({ key }) => key),
  };
}

function min(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function max(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}
