import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { TimePartitions, type TimePartition } from './time-partitions.js';
import { addText, FILTER_BYTES, mayContain, trigramBits } from './trigrams.js';

/** Traces of one filter. */
const FILTER_TRACES = 256;

/**
 * An index for text anywhere in a word: a Bloom filter of trigrams for each 256 traces in the order of time. A search reads
 * only the ranges of time whose filter has all trigrams of the text. 32 bytes a trace; an inverted index of trigrams (FTS5)
 * takes ten times that, 100 µs to add a trace and as much to delete one.
 */
export class TextFilters {
  private readonly partitions: TimePartitions;
  private readonly bits = new Map<number, Uint8Array>();
  private readonly changed = new Set<number>();

  constructor(private readonly db: CatalogDb) {
    this.partitions = new TimePartitions(
      db,
      { all: 'textFilters', put: 'putTextFilter', remove: 'deleteTextFilter' },
      () => FILTER_TRACES,
    );
  }

  enter(at: Micros): void {
    this.partitions.enter(at);
  }

  leave(at: Micros): void {
    this.partitions.leave(at);
  }

  /** Adds a text of a trace that began at this time. The text is folded. */
  note(at: Micros, text: string): void {
    const partition = this.partitions.of(at);
    if (!partition) return;
    addText(this.load(partition.number), text);
    this.changed.add(partition.number);
  }

  /** Rebuilds a filter from the texts that are left, so that it keeps no trigram of a deleted text. */
  rebuild(at: Micros, texts: (from: Micros, to: Micros) => string[]): void {
    const partition = this.partitions.of(at);
    if (!partition) return;
    const bits = new Uint8Array(FILTER_BYTES);
    for (const text of texts(this.partitions.beginOf(partition), this.partitions.endOf(partition))) addText(bits, text);
    this.bits.set(partition.number, bits);
    this.changed.add(partition.number);
  }

  /** Ranges of time, newest first, in which a trace may have the text: all ranges for a text without a trigram. */
  *mayHave(text: string, since: Micros, until: Micros): Generator<{ from: Micros; to: Micros }> {
    const wanted = trigramBits(text);
    for (const partition of this.partitions.newestFirst(since, until)) {
      if (wanted.length === 0 || mayContain(this.stored(partition), wanted)) {
        yield { from: this.partitions.beginOf(partition), to: this.partitions.endOf(partition) };
      }
    }
  }

  flush(): void {
    this.partitions.flush();
    for (const number of this.changed) this.db.run('putTextFilterBits', this.bits.get(number)!, number);
    this.changed.clear();
    if (this.bits.size > 64) this.bits.clear();
  }

  forget(): void {
    this.partitions.forget();
    this.bits.clear();
    this.changed.clear();
  }

  private load(number: number): Uint8Array {
    let bits = this.bits.get(number);
    if (!bits) {
      const stored = this.db.get<{ bits: Uint8Array | null }>('textFilterBits', number)?.bits;
      this.bits.set(number, (bits = stored ? Uint8Array.from(stored) : new Uint8Array(FILTER_BYTES)));
    }
    return bits;
  }

  private stored({ number }: TimePartition): Uint8Array {
    return this.bits.get(number) ?? this.db.get<{ bits: Uint8Array | null }>('textFilterBits', number)?.bits ?? NO_BITS;
  }
}

const NO_BITS = new Uint8Array(FILTER_BYTES);
