/**
 * The last values that were added. A `Map` or a `Set` as a queue is slower: the way to its oldest entry leads over all
 * entries that were deleted before it, up to a thousand.
 */
export class Ring<T> {
  private readonly values: T[] = [];
  private next = 0;

  constructor(private readonly size: number) {}

  /** Adds a value. Returns the one that leaves: it was added `size` values ago. */
  add(value: T): T | undefined {
    const { values, next } = this;
    const oldest = values[next];
    values[next] = value;
    this.next = (next + 1) % this.size;
    return oldest;
  }
}
