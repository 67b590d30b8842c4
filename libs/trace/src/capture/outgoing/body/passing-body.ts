import { performance } from '../../../model/timers.js';
import type { BodyCopy } from '../outgoing-dialect.js';
import { ArrivalTimes } from './arrival-times.js';
import { BytesCopy, unreadBody } from './bytes-copy.js';
import { HeadTail } from './head-tail.js';
import { type Encoding, encodingOf, Inflater } from './inflater.js';

/** Bytes kept of the end of a body that is longer than its kept beginning: token counts are at the end. */
const MAX_TAIL = 64 * 1024;
/** Compressed bytes that wait for the end of the body. Beyond that they are decoded while the rest arrives. */
const MAX_PACKED = 64 * 1024;
/** Chunks that are decoded one by one, so that their times are known. Each takes a turn in the thread pool. */
const MAX_TIMED = 48;
/** Bytes of a body that its fingerprint reads: 1 µs. */
export const HASHED_BYTES = 1_024;

/** A body on its way: what passes is copied within bounds, and read when the body is over. */
export class PassingBody {
  /** Bytes that passed, before decoding. */
  size = 0;
  private readonly kept: HeadTail;
  private readonly times: ArrivalTimes | undefined;
  private readonly encoding: Encoding | 'unknown' | undefined;
  private readonly contentType: string;
  /** Compressed bytes that are not decoded yet. */
  private packed: HeadTail | undefined;
  private inflater: Inflater | undefined;

  /**
   * @param maxBytes bytes kept of its beginning, decoded; 0 keeps the size only
   * @param timed keep when its bytes arrived
   */
  constructor(
    private readonly maxBytes: number,
    headers: Readonly<Record<string, string>>,
    timed: boolean,
  ) {
    this.kept = new HeadTail(maxBytes, maxBytes === 0 ? 0 : MAX_TAIL);
    this.contentType = headers['content-type'] ?? '';
    this.encoding = encodingOf(headers['content-encoding']);
    if (this.encoding !== undefined && maxBytes > 0) this.packed = new HeadTail(MAX_PACKED, 0);
    if (timed && isStream(this.contentType)) this.times = new ArrivalTimes();
  }

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (this.maxBytes === 0 || this.encoding === 'unknown') return;
    if (this.encoding === undefined) {
      this.kept.add(chunk);
      this.times?.add(this.size, performance.now());
      return;
    }
    if (!this.inflater) {
      this.packed!.add(chunk);
      this.times?.add(this.size, performance.now());
      if (this.packed!.whole) return;
      const held = this.packed!.first.length;
      this.unpack();
      // The part of this chunk that `packed` had no room for.
      return this.inflater!.add(Buffer.from(chunk.subarray(chunk.length - (this.size - held))));
    }
    this.inflater.add(Buffer.from(chunk));
  }

  /** The copy, when the body is over. A promise where it must be decoded first; it never rejects. */
  copy(): BodyCopy | Promise<BodyCopy> {
    if (this.size === 0) return unreadBody(0);
    if (this.maxBytes === 0 || this.encoding === 'unknown') return unreadBody(this.size);
    if (this.encoding === undefined) return this.decoded(true);
    if (!this.inflater) this.unpack();
    return this.inflater!.finish().then(() => this.decoded(this.inflater!.whole));
  }

  /** Monotonic milliseconds at which the byte of the decoded body at this offset arrived; `undefined`: not measured. */
  monoAt(offset: number): number | undefined {
    return (this.inflater?.times ?? this.times)?.at(offset);
  }

  /** The same for bodies of the same size and beginning, as far as they are kept. */
  fingerprint(): string {
    let hash = 0x811c9dc5;
    const { first } = this.kept;
    for (const byte of first.length > HASHED_BYTES ? first.subarray(0, HASHED_BYTES) : first)
      hash = Math.imul(hash ^ byte, 0x01000193);
    return `${this.size}:${hash >>> 0}`;
  }

  private decoded(all: boolean): BodyCopy {
    const { kept } = this;
    return new BytesCopy(this.size, kept.first, kept.last, all && kept.whole, this.contentType);
  }

  private unpack(): void {
    const bytes = this.packed!.first;
    this.packed = undefined;
    this.inflater = new Inflater(this.encoding as Encoding, bytes[0], this.kept);
    let at = 0;
    let timed = 0;
    for (const [end, mono] of this.times ?? []) {
      if (end > bytes.length || timed >= MAX_TIMED) break;
      this.inflater.add(bytes.subarray(at, end), mono);
      at = end;
      timed += 1;
    }
    if (at < bytes.length) this.inflater.add(bytes.subarray(at));
  }
}

/** Responses that arrive while the model writes. Of others the time of a byte says nothing. */
function isStream(contentType: string): boolean {
  return /event-?stream|ndjson|jsonl|json-seq/i.test(contentType);
}
