/** Function that a patched method is called through. */
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Patches of methods, which call `first` before the method. All can be taken away again. */
export class Patches {
  private undo: (() => void)[] = [];
  private isActive = true;

  /** @param first must not throw */
  constructor(private readonly first: () => void) {}

  /** Patches one method of an object, or nothing where it has none or does not allow it. */
  before(target: object | undefined, name: string): void {
    const methods = target as Record<string, unknown> | undefined;
    const original = methods?.[name];
    if (methods === undefined || typeof original !== 'function') return;
    const descriptor = Object.getOwnPropertyDescriptor(methods, name);
    if (descriptor && (!descriptor.writable || !descriptor.configurable)) return;
    const first = (): void => {
      if (this.isActive) this.first();
    };
    const patched: Method = function (...args) {
      first();
      return (original as Method).apply(this, args);
    };
    Object.defineProperty(patched, 'name', { value: original.name, configurable: true });
    Object.defineProperty(patched, 'length', { value: original.length, configurable: true });
    try {
      Object.defineProperty(methods, name, {
        ...(descriptor ?? { writable: true, configurable: true, enumerable: false }),
        value: patched,
      });
    } catch {
      return;
    }
    this.undo.push(() => {
      // Another library may have patched it since: its function calls ours, which only passes on from now on.
      if (methods[name] !== patched) return;
      if (descriptor) Object.defineProperty(methods, name, descriptor);
      else delete methods[name];
    });
  }

  /** Takes the patches away, the last one first. */
  remove(): void {
    this.isActive = false;
    for (const undo of this.undo.toReversed()) undo();
    this.undo = [];
  }
}
