import type { SegmentInfo } from '../journal/read/segments.js';
import { Checkpoints, consumerNames, unreadBytes } from './checkpoints.js';
import { type WriterChain, WriterChains } from './writer-chains.js';

/** A consumer that no process had for this long holds nothing back, in milliseconds: it was removed from the options. */
const LAPSE_MS = 24 * 60 * 60_000;

/**
 * Says which segments retention may delete: those that every durable consumer has read. A consumer that is further
 * behind than its `maxLagBytes` loses its oldest segments, and the loss is counted. Reads files only, so that it works
 * in any thread and in processes without consumers.
 */
export class RetentionFence {
  private readonly chains: WriterChains;

  constructor(private readonly dir: string) {
    this.chains = new WriterChains(dir);
  }

  /** Whether a segment may be deleted. A copy that retention made always may: consumers are not given copies. */
  mayDelete(file: SegmentInfo): boolean {
    if (file.kept) return true;
    const consumers = this.consumers();
    if (consumers.length === 0) return true;
    const chains = [...this.chains.list().values()];
    return consumers.every(
      (consumer) => unreadIn(consumer, chains, file) === 0 || unreadIn(consumer, chains) > consumer.maxLagBytes(),
    );
  }

  /** Counts what consumers lose with a segment. Call it right before the segment is deleted. Never throws. */
  deleting(file: SegmentInfo): void {
    const consumers = file.kept ? [] : this.consumers();
    if (consumers.length === 0) return;
    const chains = [...this.chains.list().values()];
    for (const consumer of consumers) {
      const bytes = unreadIn(consumer, chains, file);
      if (bytes > 0) countLoss(consumer, file, bytes);
    }
  }

  private consumers(): Checkpoints[] {
    return consumerNames(this.dir)
      .map((name) => new Checkpoints(this.dir, name))
      .filter((consumer) => consumer.age() < LAPSE_MS);
  }
}

/** On a full disk the count is not written: retention goes on, it makes room. */
function countLoss(consumer: Checkpoints, { number }: SegmentInfo, bytes: number): void {
  try {
    consumer.addLost(number, bytes);
  } catch {
    // As above.
  }
}

/** Bytes that a consumer has not read, of one segment or of all. */
function unreadIn(consumer: Checkpoints, chains: readonly WriterChain[], file?: SegmentInfo): number {
  let bytes = 0;
  for (const { writer, segments } of chains) {
    const of = file ? segments.filter(({ number }) => number === file.number) : segments;
    if (of.length === 0) continue;
    const at = consumer.read(writer);
    for (const segment of of) bytes += unreadBytes(segment, at);
  }
  return bytes;
}
