import { SegmentReader } from '../../journal/read/reader.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { Checkpoint } from '../../pipeline/checkpoints.js';
import { WriterChains } from '../../pipeline/writer-chains.js';
import { uniqueKey } from './unique-key.js';

/** Bytes before the place in which spans are looked for. Reading them takes about 30 ms. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Spans of one writer that had not ended at a place in its segments. The shared store does not have them, and the end of a
 * span does not name it. A process that goes on where another one stopped reads them in the segments, once.
 */
export class EarlierSpans {
  private spans: Map<TraceKey, TraceRecord[]> | undefined;

  constructor(
    private readonly dir: string,
    private readonly writer: string,
    private readonly before: Checkpoint,
  ) {}

  of(key: TraceKey): TraceRecord[] {
    return (this.spans ??= this.read()).get(key) ?? [];
  }

  private read(): Map<TraceKey, TraceRecord[]> {
    const found = new Map<TraceKey, TraceRecord[]>();
    try {
      for (const part of this.parts()) this.look(part, found);
    } catch {
      // The segments are gone: the durations of these spans are in no sum.
    }
    return found;
  }

  /** The last parts of the segments before the place, in their order. */
  private parts(): { file: SegmentInfo; from: number; to: number }[] {
    const { segment, offset } = this.before;
    const parts = [];
    let left = WINDOW_BYTES;
    const files = new WriterChains(this.dir).list().get(this.writer)?.segments ?? [];
    for (const file of files.toReversed()) {
      if (file.number > segment) continue;
      const to = file.number === segment ? Math.min(offset, file.size) : file.size;
      const from = Math.max(0, to - left);
      parts.unshift({ file, from, to });
      left -= to - from;
      if (left === 0) break;
    }
    return parts;
  }

  private look({ file, from, to }: { file: SegmentInfo; from: number; to: number }, found: Map<string, TraceRecord[]>) {
    const reader = new SegmentReader(file.path, { from, to, head: true });
    try {
      for (let next = reader.next(); next; next = reader.next()) {
        const { record } = next;
        if (record.kind !== 'span' && record.kind !== 'span_end') continue;
        const key = uniqueKey(record.trace, this.writer);
        const others = (found.get(key) ?? []).filter((open) => !('span' in open) || open.span !== record.span);
        if (record.kind === 'span') others.push(record);
        if (others.length === 0) found.delete(key);
        else found.set(key, others);
      }
    } finally {
      reader.close();
    }
  }
}
