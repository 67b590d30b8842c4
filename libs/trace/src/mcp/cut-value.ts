/** Characters of one key. */
const KEY_CHARACTERS = 60;
/** Characters that a member gets at least; one that has fewer is not begun. */
const LEAST = 12;
const MAX_DEPTH = 12;

/** A value that was cut, and whether anything is missing. */
export interface CutValue {
  value: unknown;
  cut: boolean;
}

/**
 * The value with at most about `characters` of JSON. It keeps its structure: long texts end with `…`, and a list or an object
 * ends with `… 12 more`. Members share the characters, so that a long text hides no later member.
 */
export function cutValue(value: unknown, characters: number): CutValue {
  const cutter = new Cutter();
  const { value: shown } = cutter.cut(value, characters, 0);
  return { value: shown, cut: cutter.missing };
}

interface Piece {
  value: unknown;
  /** Characters of its JSON. */
  size: number;
}

class Cutter {
  missing = false;

  cut(value: unknown, room: number, depth: number): Piece {
    if (typeof value === 'string') return this.text(value, room);
    if (typeof value !== 'object' || value === null) {
      return { value: value ?? null, size: String(value).length };
    }
    const list = Array.isArray(value);
    const keys = list ? [] : Object.keys(value);
    const count = list ? value.length : keys.length;
    if (count === 0) return { value: list ? [] : {}, size: 2 };
    if (depth >= MAX_DEPTH || room < LEAST) {
      this.missing = true;
      return { value: '…', size: 3 };
    }
    return list
      ? this.list(value, room - 2, depth)
      : this.object(value as Record<string, unknown>, keys, room - 2, depth);
  }

  private list(items: readonly unknown[], room: number, depth: number): Piece {
    const shown: unknown[] = [];
    let left = room;
    for (const [index, item] of items.entries()) {
      if (left < LEAST) {
        this.missing = true;
        shown.push(`… ${items.length - index} more`);
        break;
      }
      const piece = this.cut(item, this.share(left, items.length - index), depth + 1);
      shown.push(piece.value);
      left -= piece.size + 1;
    }
    return { value: shown, size: room - left + 2 };
  }

  private object(fields: Record<string, unknown>, keys: readonly string[], room: number, depth: number): Piece {
    const shown: Record<string, unknown> = {};
    let left = room;
    for (const [index, key] of keys.entries()) {
      const name = key.length > KEY_CHARACTERS ? `${key.slice(0, KEY_CHARACTERS)}…` : key;
      const rest = left - name.length - 4;
      if (rest < LEAST / 2) {
        this.missing = true;
        shown['…'] = `${keys.length - index} more`;
        break;
      }
      const piece = this.cut(fields[key], this.share(rest, keys.length - index), depth + 1);
      // `__proto__` of a hostile body is a member, not the prototype.
      Object.defineProperty(shown, name, { value: piece.value, enumerable: true, configurable: true, writable: true });
      left = rest - piece.size;
    }
    return { value: shown, size: room - left + 2 };
  }

  private share(left: number, members: number): number {
    return Math.max(Math.min(left, LEAST), Math.floor(left / members));
  }

  private text(text: string, room: number): Piece {
    // A quote or a line break takes two characters of JSON, a control character six.
    if (text.length + 2 <= room) {
      const size = JSON.stringify(text).length;
      if (size <= room) return { value: text, size };
    }
    this.missing = true;
    let shown = text.slice(0, Math.max(1, room - 3));
    for (
      let size = JSON.stringify(shown).length;
      size > room && shown.length > 1;
      size = JSON.stringify(shown).length
    ) {
      shown = shown.slice(0, Math.max(1, Math.floor((shown.length * room) / size) - 1));
    }
    const value = `${shown.replace(/[\uD800-\uDBFF]$/, '')}…`;
    return { value, size: JSON.stringify(value).length };
  }
}
