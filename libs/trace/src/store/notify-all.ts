/** Calls each listener. */
export function notifyAll(listeners: Iterable<() => void>): void {
  for (const listener of listeners) {
    try {
      listener();
    } catch {
      // A failing listener does not affect the others.
    }
  }
}
