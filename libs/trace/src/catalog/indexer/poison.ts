import type { LineGuard } from '../../journal/read/reader.js';

/** Deaths of a worker at one line after which the line is skipped. */
const MAX_DEATHS = 3;
const NOWHERE = -1;

/**
 * Counts, in the main thread, at which line a worker died. A worker begins where the last transaction ended, so a line that
 * ends it would end every following worker, and no later line would be indexed. After the third time the line is skipped
 * and counted as damaged. It stays in the journal.
 */
export class PoisonWatch {
  /** Shared with the worker, which notes its current line. */
  readonly place = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
  private readonly noted = new Float64Array(this.place).fill(NOWHERE);
  private readonly deaths = new Map<string, number>();

  /** Lines that the next worker skips. */
  get poison(): string[] {
    return Array.from(this.deaths.keys()).filter((line) => this.deaths.get(line)! >= MAX_DEATHS);
  }

  /** Counts the line at which a worker died or was ended. */
  died(): void {
    const [segment, offset] = this.noted as unknown as [number, number];
    this.noted.fill(NOWHERE);
    if (segment === NOWHERE) return;
    const line = `${segment}.${offset}`;
    this.deaths.set(line, (this.deaths.get(line) ?? 0) + 1);
  }
}

/** Notes the current line in the worker. */
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
