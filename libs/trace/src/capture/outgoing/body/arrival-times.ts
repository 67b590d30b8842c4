/** Chunks whose time is kept: the first token of a model comes early, after at most its reasoning. */
const MAX_MARKS = 512;

/** When the bytes of a body arrived. */
export class ArrivalTimes {
  /** Offsets at which chunks end. */
  private readonly ends: number[] = [];
  private readonly times: number[] = [];

  /** @param end offset in the body at which the chunk ends */
  add(end: number, mono: number): void {
    if (this.ends.length >= MAX_MARKS) return;
    this.ends.push(end);
    this.times.push(mono);
  }

  /** Monotonic milliseconds at which the byte at this offset arrived; `undefined`: not measured. */
  at(offset: number): number | undefined {
    if (!(offset >= 0)) return undefined;
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return this.times[low];
  }

  /** Chunks as pairs of the offset at which each ends and its time. */
  *[Symbol.iterator](): Iterator<[end: number, mono: number]> {
    for (let i = 0; i < this.ends.length; i += 1) yield [this.ends[i]!, this.times[i]!];
  }
}
