/** Objects up to which a linear search takes no longer than hashing. */
const FEW = 256;
const BITS = 8_192;
/** Slots that are kept for the next value. */
const KEPT = 512;

/**
 * The objects of one value that were written. An object that comes again is written as the same bytes, so an object whose
 * bytes have a new mark is new, and is not compared with the others.
 */
export class SeenObjects {
  private readonly marks = new Uint32Array(BITS / 32);
  /** The first `count` of them; the rest is room that is used again. */
  private readonly list: (object | undefined)[] = [];
  private count = 0;
  private all: Set<object> | undefined;

  /**
   * Adds an object; `false`: it was there already.
   * @param mark of its written bytes (`JsonBytes.markFrom`)
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
    // No reference to the application's objects is kept.
    else this.list.fill(undefined, 0, this.count);
    this.count = 0;
    this.all = undefined;
  }
}
