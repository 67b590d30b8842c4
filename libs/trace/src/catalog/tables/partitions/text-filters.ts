import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { TimePartitions, type TimePartition } from './time-partitions.js';
import { addText, BLOCK_BYTES, mayContain, trigramBits } from './trigrams.js';

/** Traces in a block. */
const BLOCK = 256;

/**
 * An index for text that may stand anywhere in a word: traces in blocks of a few hundred, in the order of time, and of
 * each block the trigrams that its texts have. A search looks into those blocks only that have all trigrams of what is
 * looked for. 32 bytes a trace; an inverted index of trigrams (FTS5) takes ten times that, 100 µs to add a trace to
 * and as much to take one away.
 */
export class TextFilters {
  private readonly slices: TimePartitions;
  private readonly bits = new Map<number, Uint8Array>();
  private readonly changed = new Set<number>();

  constructor(private readonly db: CatalogDb) {
    this.slices = new TimePartitions(
      db,
      { all: 'textFilters', put: 'putTextFilter', remove: 'deleteTextFilter' },
      () => BLOCK,
    );
  }

  enter(at: Micros): void {
    this.slices.enter(at);
  }

  leave(at: Micros): void {
    this.slices.leave(at);
  }

  /** A trace that began then has this text, folded. */
  note(at: Micros, text: string): void {
    const block = this.slices.of(at);
    if (!block) return;
    addText(this.load(block.number), text);
    this.changed.add(block.number);
  }

  /** Builds a block's trigrams from its texts alone: what was taken out of them leaves no trace. */
  rebuild(at: Micros, texts: (from: Micros, to: Micros) => string[]): void {
    const block = this.slices.of(at);
    if (!block) return;
    const bits = new Uint8Array(BLOCK_BYTES);
    for (const text of texts(this.slices.beginOf(block), this.slices.endOf(block))) addText(bits, text);
    this.bits.set(block.number, bits);
    this.changed.add(block.number);
  }

  /** Stretches of time, newest first, in which a trace may have the text. Too short a text may be anywhere. */
  *mayHave(text: string, since: Micros, until: Micros): Generator<{ from: Micros; to: Micros }> {
    const wanted = trigramBits(text);
    for (const block of this.slices.newestFirst(since, until)) {
      if (wanted.length === 0 || mayContain(this.stored(block), wanted)) {
        yield { from: this.slices.beginOf(block), to: this.slices.endOf(block) };
      }
    }
  }

  flush(): void {
    this.slices.flush();
    for (const number of this.changed) this.db.run('putTextFilterBits', this.bits.get(number)!, number);
    this.changed.clear();
    if (this.bits.size > 64) this.bits.clear();
  }

  forget(): void {
    this.slices.forget();
    this.bits.clear();
    this.changed.clear();
  }

  private load(number: number): Uint8Array {
    let bits = this.bits.get(number);
    if (!bits) {
      const stored = this.db.get<{ bits: Uint8Array | null }>('textFilterBits', number)?.bits;
      this.bits.set(number, (bits = stored ? Uint8Array.from(stored) : new Uint8Array(BLOCK_BYTES)));
    }
    return bits;
  }

  private stored({ number }: TimePartition): Uint8Array {
    return this.bits.get(number) ?? this.db.get<{ bits: Uint8Array | null }>('textFilterBits', number)?.bits ?? NO_BITS;
  }
}

const NO_BITS = new Uint8Array(BLOCK_BYTES);
