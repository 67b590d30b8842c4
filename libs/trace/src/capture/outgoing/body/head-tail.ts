const EMPTY = Buffer.alloc(0);

/**
 * The first and the last bytes of what passes, copied, in bounded memory: a stream of one-byte chunks takes no more than
 * one large chunk.
 */
export class HeadTail {
  /** Bytes that passed. */
  size = 0;
  private head: Buffer = EMPTY;
  private headSize = 0;
  /** A ring: the newest byte is before `ringAt`. */
  private ring: Buffer | undefined;
  private ringAt = 0;

  constructor(
    private readonly maxHead: number,
    private readonly maxTail: number,
  ) {}

  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    const room = this.maxHead - this.headSize;
    if (room <= 0) return this.addToTail(chunk);
    const kept = Math.min(room, chunk.length);
    this.grow(this.headSize + kept);
    this.head.set(kept === chunk.length ? chunk : chunk.subarray(0, kept), this.headSize);
    this.headSize += kept;
    if (kept < chunk.length) this.addToTail(chunk.subarray(kept));
  }

  /** Whether `first` is all that passed. */
  get whole(): boolean {
    return this.size === this.headSize;
  }

  /** The first bytes. */
  get first(): Buffer {
    return this.head.subarray(0, this.headSize);
  }

  /** The last bytes of what came after `first`. */
  get last(): Buffer {
    const { ring } = this;
    if (!ring) return EMPTY;
    const behind = this.size - this.headSize;
    if (behind <= ring.length) return ring.subarray(0, behind);
    return Buffer.concat([ring.subarray(this.ringAt), ring.subarray(0, this.ringAt)]);
  }

  private grow(needed: number): void {
    if (needed <= this.head.length) return;
    // The first chunk is mostly the whole body: it takes what it needs, and later ones double.
    const size = this.head.length === 0 ? needed : Math.min(this.maxHead, Math.max(needed, 2 * this.head.length));
    const grown = Buffer.allocUnsafe(size);
    this.head.copy(grown, 0, 0, this.headSize);
    this.head = grown;
  }

  private addToTail(chunk: Uint8Array): void {
    if (this.maxTail === 0) return;
    this.ring ??= Buffer.allocUnsafeSlow(this.maxTail);
    const { ring } = this;
    const kept = chunk.length > ring.length ? chunk.subarray(chunk.length - ring.length) : chunk;
    if (kept.length < chunk.length) this.ringAt = 0;
    const before = Math.min(kept.length, ring.length - this.ringAt);
    ring.set(kept.subarray(0, before), this.ringAt);
    ring.set(kept.subarray(before), 0);
    this.ringAt = (this.ringAt + kept.length) % ring.length;
  }
}
