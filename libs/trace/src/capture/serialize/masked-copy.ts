import { REDACTED } from './redacted.js';

/** What is written in a child's place: the mark of a secret, or the copy that was made of it. */
type Child = object | undefined;

interface Edit {
  readonly holder: object;
  readonly key: string | number;
  /** `undefined`: the child itself is hidden. */
  readonly child: Child;
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

  /** `root` with its hidden fields replaced. It must be known to hold no getters. */
  of(root: unknown): unknown {
    if (this.edits.length === 0) return root;
    const copies = new Map<object, Record<string | number, unknown>>();
    for (const { holder, key, child } of this.edits) {
      let copy = copies.get(holder);
      if (copy === undefined) {
        copy = (Array.isArray(holder) ? [...(holder as unknown[])] : { ...holder }) as Record<string | number, unknown>;
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
