/**
 * A cache of texts in two generations: when the younger one is full, the older one is dropped. What is used stays, and data
 * used as keys (a table by SKU) cannot empty the cache at once, as clearing a full map would.
 */
export class Generations<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();

  /** @param size entries of one generation; at most twice as many are kept */
  constructor(private readonly size: number) {}

  get(key: string): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: V): void {
    if (this.young.size >= this.size) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}

/**
 * Remembers what a function returned for a text.
 *
 * @param size as of `Generations`
 * @param maxLength characters of the longest text that is remembered
 */
export function remembered<V>(of: (text: string) => V, size: number, maxLength: number): (text: string) => V {
  const known = new Generations<V>(size);
  return (text) => {
    if (text.length > maxLength) return of(text);
    const value = known.get(text);
    if (value !== undefined) return value;
    const fresh = of(text);
    known.set(text, fresh);
    return fresh;
  };
}
