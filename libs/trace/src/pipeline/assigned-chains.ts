import { DirectoryLock } from '../journal/files/directory-lock.js';
import { performance } from '../model/timers.js';
import { ChainReader } from './chain-reader.js';
import { type Checkpoint, Checkpoints, DEFAULT_MAX_LAG_BYTES } from './checkpoints.js';
import type { RecordBatch, RecordConsumer, RecordWriter } from './record-consumer.js';
import { isAlive, type WriterChain } from './writer-chains.js';

/** The directory's segments by writer, and this process's own writer. */
export interface ChainView {
  chains: ReadonlyMap<string, WriterChain>;
  /** Identity of this process's writer; `undefined` before its first record. */
  own: string | undefined;
  /** This process writes no more. */
  isClosed: boolean;
}

const START: Checkpoint = { segment: 0, offset: 0 };
/** Between two searches for dead writers. */
const SEARCH_MS = 2_000;
/** Key of failures that are not a writer's. */
const CHECKPOINTS = '';
/** Between two registrations, which show other processes that the consumer is in use. */
const REGISTER_MS = 60 * 60_000;

/** Segments that a host reads: `own` and what dead processes left, or those of `all` processes, the living ones too. */
export type ReadChains = 'own' | 'all';

/**
 * The part of the journal that this process reads for one consumer: its own records, and with a durable consumer those
 * that dead processes left. Every process reads its own, so that none waits for another; a lock makes one of them read
 * what the dead left. A process on another host that was only out of reach may read the same records once more.
 */
export class AssignedChains {
  private view: ChainView = { chains: new Map(), own: undefined, isClosed: false };
  private readonly payloads: boolean;
  /** With the headers of segments, which say who wrote them. */
  private readonly kinds: ReadonlySet<string> | undefined;
  private readonly isFollowed: boolean;
  private readonly checkpoints: Checkpoints | undefined;
  private readonly lock: DirectoryLock | undefined;
  private readonly maxLagBytes: number;
  private readonly readers = new Map<string, ChainReader>();
  /** Why a writer's segments cannot be read, or the checkpoints cannot be used. */
  private readonly failures = new Map<string, string>();
  /** Dead writers of which nothing is left. */
  private readonly finished = new Set<string>();
  /** With a consumer that keeps its positions: writers whose reader is at the consumer's. */
  private readonly placed = new Set<string>();
  private holdsLock = false;
  private searchedAt = Number.NEGATIVE_INFINITY;
  private registeredAt = Number.NEGATIVE_INFINITY;

  constructor(
    dir: string,
    { name, durable = true, payloads = true, kinds, maxLagBytes, position }: RecordConsumer,
    private readonly reads: ReadChains = 'own',
  ) {
    this.payloads = payloads;
    this.kinds = kinds && new Set<string>(['segment', ...kinds]);
    this.isFollowed = position !== undefined;
    this.maxLagBytes = maxLagBytes ?? DEFAULT_MAX_LAG_BYTES;
    if (!durable) return;
    this.checkpoints = new Checkpoints(dir, name);
    this.lock = new DirectoryLock(this.checkpoints.lockPath);
    // Before retention looks for the first time.
    this.attempt(CHECKPOINTS, () => this.register());
  }

  /** Why a segment cannot be read, or the checkpoints cannot be used. */
  get problem(): string | undefined {
    const [problem] = this.failures.values();
    return problem;
  }

  /** Takes the journal as it is now. */
  update(view: ChainView): void {
    this.view = view;
    const now = performance.now();
    if (!this.checkpoints || view.isClosed || now - this.searchedAt < SEARCH_MS) return;
    this.searchedAt = now;
    this.attempt(CHECKPOINTS, () => {
      this.renew(now);
      if (this.reads === 'own') this.takeOver();
    });
  }

  /** The next batch, of this process first; the same one until `advance`. `undefined`: there is none. */
  next(): RecordBatch | undefined {
    const { own, isClosed } = this.view;
    for (const chain of this.assigned()) {
      const isOwn = chain.writer === own;
      if (isClosed && !isOwn) continue;
      const isEnded = (): boolean => (this.reads === 'all' ? !isAlive(chain) : isClosed || !isOwn);
      const batch = this.attempt(chain.writer, () => this.readerOf(chain.writer).next(chain, isEnded));
      if (batch) return batch;
    }
    return undefined;
  }

  /** The writer of a batch, if the consumer has to say where it is. */
  unplaced({ writer }: RecordBatch): RecordWriter | undefined {
    if (!this.isFollowed || this.placed.has(writer)) return undefined;
    return this.view.chains.get(writer)?.identity;
  }

  /** The next batch of the writer begins at the consumer's place. `undefined`: at the saved one. */
  place(writer: string, at: Checkpoint | undefined): void {
    this.placed.add(writer);
    const reader = this.readerOf(writer);
    const { segment, offset } = reader.position;
    if (!at || (at.segment === segment && at.offset === offset)) return;
    this.attempt(CHECKPOINTS, () => {
      this.countGone(writer, at, reader.position);
      // At once, and backwards too: retention deletes what is before it.
      this.checkpoints?.write(writer, at);
    });
    reader.seek(at);
  }

  /** A call of the consumer failed: it says again where it is. */
  displace(): void {
    this.placed.clear();
    for (const reader of this.readers.values()) reader.rollBack();
  }

  /** The batch was consumed. */
  advance(batch: RecordBatch): void {
    this.readerOf(batch.writer).advance(batch);
  }

  /** Whether more was consumed than was saved. */
  get isUnsaved(): boolean {
    return Array.from(this.readers.values()).some(({ isSaved }) => !isSaved);
  }

  /** Writes the checkpoints of what was consumed, with a durable consumer. */
  save(): void {
    this.attempt(CHECKPOINTS, () => {
      for (const [writer, reader] of this.readers) {
        if (reader.isSaved) continue;
        this.checkpoints?.write(writer, reader.position);
        reader.save();
      }
    });
  }

  /** Bytes that were not consumed; with a durable consumer those of other processes too. */
  lag(): number {
    let bytes = 0;
    for (const chain of this.view.chains.values()) {
      const reader = this.readers.get(chain.writer);
      if (reader) bytes += reader.lag(chain);
      else if (this.checkpoints) bytes += this.stored(chain.writer).lag(chain);
      else if (chain.writer === this.view.own) bytes += this.readerOf(chain.writer).lag(chain);
    }
    return bytes;
  }

  /** Bytes that retention deleted before they were consumed. */
  lostBytes(): number {
    return this.checkpoints?.lostBytes() ?? 0;
  }

  close(): void {
    this.attempt(CHECKPOINTS, () => this.release());
  }

  private *assigned(): Generator<WriterChain> {
    const { chains, own } = this.view;
    const first = own === undefined ? undefined : chains.get(own);
    if (first) yield first;
    if (this.reads === 'own' && !this.holdsLock) return;
    for (const chain of chains.values()) {
      if (chain !== first && (this.reads === 'all' || this.readers.has(chain.writer))) yield chain;
    }
  }

  private readerOf(writer: string): ChainReader {
    const reader = this.readers.get(writer) ?? (this.isFollowed ? this.stored(writer) : this.readerAt(START));
    this.readers.set(writer, reader);
    return reader;
  }

  /** A reader at the writer's checkpoint. */
  private stored(writer: string): ChainReader {
    return this.readerAt(this.checkpoints?.read(writer) ?? START);
  }

  private readerAt(at: Checkpoint): ChainReader {
    return new ChainReader(at, this.payloads, this.isFollowed, this.kinds);
  }

  /**
   * The consumer lost what it had from `at` on, as a database does that is restored to an earlier state. The size of a
   * segment that is gone is known up to the saved place only, so this is the least that is lost.
   */
  private countGone(writer: string, at: Checkpoint, saved: Checkpoint): void {
    const present = new Set(this.view.chains.get(writer)?.segments.map(({ number }) => number));
    const isBehind = at.segment < saved.segment || (at.segment === saved.segment && at.offset < saved.offset);
    // Nothing has the number 0: the consumer has nothing, and the writer's first segment has the writer's number.
    const first = at.segment === 0 ? this.view.chains.get(writer)?.identity.number : at.segment;
    if (!isBehind || first === undefined || present.has(first)) return;
    const bytes = first === saved.segment ? saved.offset - at.offset : present.has(saved.segment) ? 0 : saved.offset;
    this.checkpoints?.addLost(first, Math.max(1, bytes));
  }

  private register(): void {
    this.checkpoints!.register(this.maxLagBytes);
  }

  private renew(now: number): void {
    if (now - this.registeredAt < REGISTER_MS) return;
    this.register();
    this.checkpoints!.removeOld();
    this.registeredAt = now;
  }

  /** Looks for records that dead processes left. The process that has the lock reads them. */
  private takeOver(): void {
    const orphans = this.orphans();
    if (orphans.length === 0) return this.release();
    if (this.holdsLock) {
      // Shows processes on other hosts that the lock is in use.
      if (this.lock!.tryTake()) this.lock!.release();
    } else if (!this.lock!.tryTake()) return;
    else this.holdsLock = true;
    for (const { writer } of orphans) if (!this.readers.has(writer)) this.readers.set(writer, this.stored(writer));
  }

  /** Chains of dead writers that have unread bytes. */
  private orphans(): WriterChain[] {
    const { chains, own } = this.view;
    return Array.from(chains.values()).filter((chain) => {
      const { writer } = chain;
      if (writer === own || this.finished.has(writer) || isAlive(chain)) return false;
      const reader = this.readers.get(writer) ?? this.stored(writer);
      if (reader.lag(chain) > 0 || !reader.isSaved) return true;
      this.finished.add(writer);
      return false;
    });
  }

  private release(): void {
    if (!this.holdsLock) return;
    for (const writer of this.readers.keys()) {
      if (writer === this.view.own) continue;
      this.readers.delete(writer);
      this.placed.delete(writer);
    }
    this.holdsLock = false;
    this.lock!.release();
  }

  private attempt<T>(what: string, work: () => T): T | undefined {
    try {
      const result = work();
      this.failures.delete(what);
      return result;
    } catch (error) {
      this.failures.set(what, (error as Error).message);
      return undefined;
    }
  }
}
