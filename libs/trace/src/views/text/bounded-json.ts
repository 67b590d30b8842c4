/**
 * Bounds of a JSON text for people. Writing stops at `maxCharacters`, so a payload of a megabyte costs no more than the
 * part that is shown. `maxString` and `maxItems` shorten long texts and lists first, so that the shape stays visible.
 */
export interface JsonBounds {
  /** Characters of the whole text. */
  maxCharacters: number;
  /** Characters of one text inside. Default: no bound of its own. */
  maxString?: number;
  /** Items of one list, keys of one object. Default: no bound of its own. */
  maxItems?: number;
  /** Spaces per level; 0, the default, writes one line. */
  indent?: number;
}

export interface BoundedJson {
  text: string;
  /** Something was left out; `…` marks the place. */
  cut: boolean;
}

/** Values below this depth are left out, because a hostile file can nest without end. */
const MAX_DEPTH = 64;

export function boundedJson(value: unknown, bounds: JsonBounds): BoundedJson {
  const writer = new Writer(bounds);
  writer.value(value, 0);
  return { text: writer.text, cut: writer.cut };
}

class Writer {
  text = '';
  cut = false;
  private stopped = false;
  private readonly maxString: number;
  private readonly maxItems: number;

  constructor(private readonly bounds: JsonBounds) {
    this.maxString = bounds.maxString ?? bounds.maxCharacters;
    this.maxItems = bounds.maxItems ?? Infinity;
  }

  value(value: unknown, depth: number): void {
    if (typeof value === 'string') return this.string(value);
    if (typeof value !== 'object' || value === null) return this.put(JSON.stringify(value) ?? 'null');
    if (depth >= MAX_DEPTH) return this.leaveOut();
    if (Array.isArray(value)) this.list(value, depth);
    else this.object(value as Record<string, unknown>, depth);
  }

  private list(items: readonly unknown[], depth: number): void {
    this.members('[', ']', items.length, depth, (index) => this.value(items[index], depth + 1));
  }

  private object(fields: Record<string, unknown>, depth: number): void {
    const keys = Object.keys(fields);
    this.members('{', '}', keys.length, depth, (index) => {
      const key = keys[index] as string;
      this.string(key);
      this.put(this.bounds.indent ? ': ' : ':');
      this.value(fields[key], depth + 1);
    });
  }

  private members(open: string, close: string, count: number, depth: number, member: (index: number) => void): void {
    this.put(open);
    const shown = Math.min(count, this.maxItems);
    for (let index = 0; index < shown; index += 1) {
      if (this.isFull) return this.stop();
      if (index > 0) this.put(',');
      this.newLine(depth + 1);
      member(index);
    }
    if (shown < count && !this.isFull) {
      this.cut = true;
      this.put(',');
      this.newLine(depth + 1);
      this.put(`… ${count - shown} more`);
    }
    if (count > 0) this.newLine(depth);
    this.put(close);
  }

  private string(text: string): void {
    const room = Math.max(0, Math.min(this.maxString, this.bounds.maxCharacters - this.text.length));
    if (text.length <= room) return this.put(JSON.stringify(text));
    this.cut = true;
    const shown = JSON.stringify(text.slice(0, room)).slice(0, -1);
    this.put(`${shown}… ${text.length - room} more characters"`);
  }

  private newLine(depth: number): void {
    const { indent = 0 } = this.bounds;
    if (indent > 0) this.put(`\n${' '.repeat(indent * depth)}`);
  }

  private leaveOut(): void {
    this.cut = true;
    this.put('…');
  }

  private get isFull(): boolean {
    return this.stopped || this.text.length >= this.bounds.maxCharacters;
  }

  private put(piece: string): void {
    if (this.stopped) return;
    const room = this.bounds.maxCharacters - this.text.length;
    if (piece.length <= room) this.text += piece;
    else this.stop(piece.slice(0, Math.max(0, room)));
  }

  private stop(last = ''): void {
    if (!this.stopped) this.text += `${last}…`;
    this.stopped = true;
    this.cut = true;
  }
}
