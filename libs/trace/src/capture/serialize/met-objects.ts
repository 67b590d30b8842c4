/** Looking through so many takes no longer than hashing them. */
const FEW = 64;
const BITS = 2_048;

/**
 * The objects that were met in one value. Whoever asks knows how much each holds: what is met again holds as much as
 * before, so one of a size that was not met is new, and needs no look at the others.
 */
export class MetObjects {
  private readonly sizes = new Uint32Array(BITS / 32);
  private readonly list: object[] = [];
  private all: Set<object> | undefined;

  /** `false`: it was there already. */
  add(object: object, size: number): boolean {
    const word = (size & (BITS - 1)) >>> 5;
    const bit = 1 << (size & 31);
    const isNew = (this.sizes[word]! & bit) === 0 || !this.has(object);
    this.sizes[word]! |= bit;
    this.list.push(object);
    this.all?.add(object);
    return isNew;
  }

  private has(object: object): boolean {
    if (this.list.length <= FEW) return this.list.includes(object);
    return (this.all ??= new Set(this.list)).has(object);
  }

  clear(): void {
    if (this.list.length === 0) return;
    this.sizes.fill(0);
    this.list.length = 0;
    this.all = undefined;
  }
}
