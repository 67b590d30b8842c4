/** Looking through so many takes no longer than hashing them. */
const FEW = 64;
const BITS = 2_048;

/**
 * The objects that were met in one value. Whoever asks knows how much each holds: what is met again holds as much as
 * before, so one of a size that was not met is new, and needs no look at the others.
 */
export class MetObjects {
  private readonly sizes = new Uint32Array(BITS / 32);
  /** The first `count` of them; the rest is room that is used again. */
  private readonly list: (object | undefined)[] = [];
  private count = 0;
  private all: Set<object> | undefined;

  /** `false`: it was there already. */
  add(object: object, size: number): boolean {
    const word = (size & (BITS - 1)) >>> 5;
    const bit = 1 << (size & 31);
    const isNew = (this.sizes[word]! & bit) === 0 || !this.has(object);
    this.sizes[word]! |= bit;
    this.list[this.count++] = object;
    this.all?.add(object);
    return isNew;
  }

  private has(object: object): boolean {
    if (this.count <= FEW) return this.list.includes(object);
    return (this.all ??= new Set(this.list.slice(0, this.count) as object[])).has(object);
  }

  clear(): void {
    if (this.count === 0) return;
    this.sizes.fill(0);
    if (this.count > FEW) this.list.length = 0;
    // They are the application's, and not ours to keep.
    else this.list.fill(undefined, 0, this.count);
    this.count = 0;
    this.all = undefined;
  }
}
