import type { SegmentReader } from '../../libs/trace/src/journal/read/reader.js';
import type { listSegments } from '../../libs/trace/src/journal/read/segments.js';
import type { JsonText, RecordDraft } from '../../libs/trace/src/model/record.js';

/** `fs.writeSync`, as far as a segment uses it. */
export type Write = (fd: number, buffer: Uint8Array, offset?: number, length?: number) => number;

/** Takes the place of one write. */
export type WriteFault = (write: Write, ...args: Parameters<Write>) => number;

/** An error of the file system. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Lets only this many bytes through, without an error. */
export const short =
  (bytes: number): WriteFault =>
  (write, fd, buffer, offset = 0, length = 0) =>
    write(fd, buffer, offset, Math.min(bytes, length));

/** Fails with this code. */
export const fail =
  (code: string): WriteFault =>
  () => {
    throw systemError(code);
  };

/** Event `n`, which is its time too. */
export const event = (n: number, pad = 100): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: JSON.stringify({ n, pad: 'x'.repeat(pad) }) as JsonText,
  ts: n,
});

/** What reads a journal. A spec loads it after it has replaced functions of the file system. */
export interface JournalReading {
  listSegments: typeof listSegments;
  SegmentReader: typeof SegmentReader;
}

/** What the segments of a directory hold: times of events, counts of gaps, kinds of other records. */
export function contentsOf(
  dir: string,
  { listSegments: list, SegmentReader: Reader }: JournalReading,
): { kept: unknown[]; corrupt: number; ascending: boolean } {
  const kept: unknown[] = [];
  const seqs: number[] = [];
  let corrupt = 0;
  for (const { path } of list(dir)) {
    const reader = new Reader(path);
    for (let found = reader.next(); found; found = reader.next()) {
      const { record } = found;
      // A seal comes after the next segment's header.
      if (record.kind !== 'seal') seqs.push(record.seq);
      kept.push(record.kind === 'event' ? record.ts : record.kind === 'gap' ? record.dropped : record.kind);
    }
    corrupt += reader.corrupt;
    reader.close();
  }
  return { kept, corrupt, ascending: seqs.every((seq, at) => at === 0 || seq > seqs[at - 1]!) };
}
