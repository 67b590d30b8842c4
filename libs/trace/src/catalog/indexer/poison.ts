import type { LineGuard } from '../../journal/read/reader.js';

/** A worker that died at a line this often will die at it again. */
const MAX_DEATHS = 3;
const NOWHERE = -1;

/**
 * Remembers, outside of the worker's life, at which line it died. A worker begins where the last transaction ended, so
 * a line that kills it would kill every next one, and nothing behind it would ever be indexed: after the third time it
 * is passed over and counted as damaged. It stays in the journal.
 */
export class PoisonWatch {
  /** Shared with the worker, which notes where it is. */
  readonly place = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
  private readonly noted = new Float64Array(this.place).fill(NOWHERE);
  private readonly deaths = new Map<string, number>();

  /** Lines to be passed over by the next worker. */
  get poison(): string[] {
    return Array.from(this.deaths.keys()).filter((line) => this.deaths.get(line)! >= MAX_DEATHS);
  }

  /** The worker died, or had to be ended. */
  died(): void {
    const [segment, offset] = this.noted as unknown as [number, number];
    this.noted.fill(NOWHERE);
    if (segment === NOWHERE) return;
    const line = `${segment}.${offset}`;
    this.deaths.set(line, (this.deaths.get(line) ?? 0) + 1);
  }
}

/** The worker's end of it. */
export function poisonGuard(place: SharedArrayBuffer, poison: readonly string[]): LineGuard {
  const noted = new Float64Array(place);
  const passed = new Set(poison);
  return {
    enter: (segment, offset) => {
      if (passed.size > 0 && passed.has(`${segment}.${offset}`)) return false;
      noted[0] = segment;
      noted[1] = offset;
      return true;
    },
    leave: () => void noted.fill(NOWHERE),
  };
}
