import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../model/clock.js';
import type { RecordDraft } from '../../model/record.js';
import type { Writer } from '../../model/trace-key.js';
import { RecordEncoder } from '../codec/codec.js';
import type { GatherBuffer } from './gather-buffer.js';
import { newWriter } from './new-writer.js';
import { OpenSegment } from './open-segment.js';
import { freeDescriptors } from '../files/free-descriptors.js';
import { createSegment } from '../files/segment-file.js';
import { headerOf } from '../codec/segment-header.js';
import { renumbered } from './turn/renumber.js';

/** The record itself cannot be written: it is too large or of a wrong shape. */
export class RecordRefused extends Error {
  constructor(readonly reason: 'too_large' | 'invalid') {
    super(reason);
  }
}

/** With fewer free descriptors than this no segment is opened: the application needs them for its connections. */
const MIN_DESCRIPTORS = 16;

/** Opening a segment would take one of the last file descriptors. */
class FewDescriptors extends Error {
  readonly code = 'low_descriptors';
}

/** One process's segments, one after the other. Errors of the file system are thrown; they never tear a record. */
export class SegmentChain {
  current: OpenSegment | undefined;
  /** This process. Made with the first segment, or by the owner where none could be created. */
  writer: Writer | undefined;

  private readonly encoder = new RecordEncoder();
  private lastNumber = 0;
  private seq = 0;

  constructor(
    private readonly dir: string,
    private readonly clock: Clock,
    private readonly fsync: boolean,
    /** Gathers records. Absent: each is written at once. */
    private gathering?: GatherBuffer,
  ) {}

  /** Gathers the next records in `buffer`. `undefined`: each is written at once again. Nothing may be gathered before. */
  gatherIn(buffer: GatherBuffer | undefined): void {
    this.gathering = buffer;
  }

  /** Forgets what is gathered. Returns the number of its records. */
  discard(): number {
    const { gathering, current } = this;
    if (gathering === undefined || gathering.size === 0) return 0;
    const { size, lines } = gathering;
    gathering.clear();
    current?.forget(size, lines);
    return lines;
  }

  /** Throws `RecordRefused` for one that is too large or of a wrong shape. */
  write(segment: OpenSegment, draft: RecordDraft): void {
    // First this: it may need another buffer.
    const length = this.encode(draft);
    const { gathering } = this;
    // Not a header or a seal, which are written while their segment is not the current one.
    if (gathering === undefined || segment !== this.current) segment.write(this.encoder.buffer, length);
    else this.gather(gathering, segment, length);
    this.seq += 1;
  }

  /** Writes what is gathered. Throws what the file system throws; what is not in the file then stays gathered. */
  flush(): void {
    const { gathering, current } = this;
    if (gathering === undefined || current === undefined) return;
    try {
      gathering.flush(current);
    } catch (error) {
      current.noteLimit(error, current.records - gathering.lines);
      throw error;
    }
  }

  /**
   * Begins the next segment. It exists before the old one is sealed: a sealed last segment therefore means a process
   * that closed.
   */
  next(): OpenSegment {
    if (!this.current) checkDescriptors();
    else if (!this.current.finished) this.flush();
    const segment = new OpenSegment(createSegment(this.dir, this.lastNumber));
    this.lastNumber = segment.number;
    try {
      const writer = this.writer ?? newWriter(this.dir, segment.number);
      this.write(segment, headerOf(writer, this.clock.now()));
      this.moveGathered(segment);
      if (this.fsync) syncFolderOf(segment.path);
      this.writer = writer;
    } catch (error) {
      segment.close();
      // An empty file per attempt would be left behind by a full disk.
      rmSync(segment.path, { force: true });
      throw error;
    }
    this.retire();
    this.gathering?.use?.(segment.fd);
    return (this.current = segment);
  }

  /** What is gathered for a segment that takes no more records goes behind the header of the next one. */
  private moveGathered(segment: OpenSegment): void {
    const { gathering } = this;
    if (gathering === undefined || gathering.size === 0) return;
    const lines = renumbered(gathering.take(), this.seq + 1);
    for (const line of lines) segment.write(line, line.length);
    this.seq += lines.length;
    gathering.clear();
  }

  private gather(gathering: GatherBuffer, segment: OpenSegment, length: number): void {
    const { buffer } = this.encoder;
    if (!gathering.hasRoom(length)) {
      this.flush();
      if (!gathering.hasRoom(length)) return segment.write(buffer, length);
    }
    gathering.put(buffer, length);
    segment.gather(length);
  }

  /** Seals the current segment. */
  retire(): void {
    const { current } = this;
    if (!current) return;
    this.current = undefined;
    try {
      this.write(current, { kind: 'seal', ts: this.clock.now() });
      if (this.fsync) current.sync();
    } catch {
      // Its records are whole without a seal; a reader then asks whether the process still lives.
    }
    current.close();
  }

  private encode(draft: RecordDraft): number {
    let length: number;
    try {
      length = this.encoder.encode(draft, this.seq + 1);
    } catch {
      throw new RecordRefused('invalid');
    }
    if (length < 0) throw new RecordRefused('too_large');
    return length;
  }
}

function checkDescriptors(): void {
  const free = freeDescriptors();
  if (free < MIN_DESCRIPTORS) throw new FewDescriptors(`${free} file descriptors are free`);
}

/** A new file's name is in its folder, which is synced apart from the file. */
function syncFolderOf(path: string): void {
  const fd = openSync(dirname(path), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
