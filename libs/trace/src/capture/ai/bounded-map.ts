/**
 * A map for what a library has begun, by the library's id. A library may never report an end, so the map is bounded: beyond
 * `limit`, the oldest entry is passed to `evict` and removed.
 */
export class BoundedMap<V> {
  private readonly entries = new Map<string, V>();

  constructor(
    private readonly limit: number,
    private readonly evict: (value: V) => void,
  ) {}

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: V): void {
    this.entries.set(key, value);
    if (this.entries.size <= this.limit) return;
    const [oldest] = this.entries.keys();
    const evicted = this.take(oldest!);
    if (evicted !== undefined) this.evict(evicted);
  }

  /** Removes an entry and returns it. */
  take(key: string): V | undefined {
    const value = this.entries.get(key);
    this.entries.delete(key);
    return value;
  }

  /** Removes all entries and passes them to `evict`. */
  clear(): void {
    const values = [...this.entries.values()];
    this.entries.clear();
    for (const value of values) this.evict(value);
  }
}
