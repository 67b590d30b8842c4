import { REDACTED } from './redacted.js';

type Copy = Record<string | number, unknown>;

interface Edit {
  readonly holder: object;
  readonly key: string | number;
  /** `undefined`: the child itself is hidden. */
  readonly child: object | undefined;
}

/**
 * Fields that are hidden in a value which is ordinary otherwise. Only the objects on the way to them are copied, the
 * rest is the caller's own: one secret key must not cost a payload the native writer.
 */
export class MaskedCopy {
  private readonly edits: Edit[] = [];

  /** How many were noted; more of them after a child was looked at: something in it is hidden. */
  get size(): number {
    return this.edits.length;
  }

  /** The value of this field is hidden. */
  hide(holder: object, key: string): void {
    this.edits.push({ holder, key, child: undefined });
  }

  /** Something inside this child is. Called after the child's own edits. */
  enter(holder: object, key: string | number, child: object): void {
    this.edits.push({ holder, key, child });
  }

  /** `root` with its hidden fields replaced. Fields with names must be known to be no getters; nothing else is touched. */
  of(root: unknown): unknown {
    if (this.edits.length === 0) return root;
    const copies = new Map<object, Copy>();
    for (const { holder, key, child } of this.edits) {
      let copy = copies.get(holder);
      if (copy === undefined) {
        copy = copyOf(holder as Copy);
        copies.set(holder, copy);
      }
      copy[key] = child === undefined ? REDACTED : copies.get(child);
    }
    return copies.get(root as object);
  }

  clear(): void {
    this.edits.length = 0;
  }
}

/**
 * What JSON shows of it. A spread would ask an iterator of the application's, and getters under symbols or beside a
 * list's elements; and without a prototype `__proto__` is a name like any other.
 */
function copyOf(holder: Copy | readonly unknown[]): Copy {
  if (Array.isArray(holder)) return Array.from({ length: holder.length }, (_, at) => holder[at]) as unknown as Copy;
  const copy = Object.create(null) as Copy;
  for (const key of Object.keys(holder)) copy[key] = (holder as Copy)[key];
  return copy;
}
