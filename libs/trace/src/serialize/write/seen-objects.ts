/** Looking through so many takes no longer than hashing them. */
const FEW = 256;
const BITS = 8_192;
/** Room for so many is kept. */
const KEPT = 512;

/**
 * The objects that were met in one value. Whoever asks has written what each holds: what is met again is written as
 * before, so one whose bytes have a mark that was not met is new, and needs no look at the others.
 */
export class SeenObjects {
  private readonly marks = new Uint32Array(BITS / 32);
  /** The first `count` of them; the rest is room that is used again. */
  private readonly list: (object | undefined)[] = [];
  private count = 0;
  private all: Set<object> | undefined;

  /**
   * `false`: it was there already.
   * @param mark of what was written of it (`JsonBytes.markFrom`)
   */
  add(object: object, mark: number): boolean {
    const word = (mark & (BITS - 1)) >>> 5;
    const bit = 1 << (mark & 31);
    const isNew = (this.marks[word]! & bit) === 0 || !this.has(object);
    this.marks[word]! |= bit;
    this.list[this.count++] = object;
    this.all?.add(object);
    return isNew;
  }

  private has(object: object): boolean {
    if (this.count > FEW) return (this.all ??= new Set(this.list.slice(0, this.count) as object[])).has(object);
    for (let i = 0; i < this.count; i += 1) if (this.list[i] === object) return true;
    return false;
  }

  clear(): void {
    if (this.count === 0) return;
    this.marks.fill(0);
    if (this.count > KEPT) this.list.length = 0;
    // They are the application's, and not ours to keep.
    else this.list.fill(undefined, 0, this.count);
    this.count = 0;
    this.all = undefined;
  }
}
