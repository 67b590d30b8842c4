import type { TraceKey, TraceRecord } from '../model/record.js';

/** Place of a line in the journal. */
export interface LinePlace {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** Where the records of one trace are. */
export class TracePlaces {
  /** In the order they were written. */
  readonly lines: LinePlace[] = [];
  /** Its first record was seen: no earlier line is missing. */
  isWhole = false;
  /** Number of its lines that were considered when it was sent last, or left out by sampling. */
  handled = 0;

  add(record: TraceRecord, place: LinePlace): void {
    if (record.kind === 'open') this.isWhole = true;
    this.addLine(place);
  }

  /** In its order, and once. */
  addLine(place: LinePlace): void {
    const { lines } = this;
    let at = lines.length;
    while (at > 0 && isBefore(place, lines[at - 1]!)) at -= 1;
    if (at > 0 && !isBefore(lines[at - 1]!, place)) return;
    lines.splice(at, 0, place);
  }
}

function isBefore(a: LinePlace, b: LinePlace): boolean {
  return a.segment < b.segment || (a.segment === b.segment && a.offset < b.offset);
}

/** Places that are kept, about 100 bytes each. */
const MAX_PLACES = 200_000;

/** Where the records of running traces are, and of those that ended last: late records belong to them. */
export class KnownTraces {
  private readonly traces = new Map<TraceKey, TracePlaces>();
  private count = 0;

  /** Earlier lines of known traces were found. */
  grew(lines: number): void {
    this.count += lines;
  }

  add(record: TraceRecord, place: LinePlace): TracePlaces {
    const known = this.traces.get(record.trace) ?? new TracePlaces();
    const before = known.lines.length;
    known.add(record, place);
    this.count += known.lines.length - before;
    // Behind the others: the traces that were quiet for longest are forgotten first.
    this.traces.delete(record.trace);
    this.traces.set(record.trace, known);
    for (const [key, { lines }] of this.traces) {
      if (this.count <= MAX_PLACES || key === record.trace) break;
      this.traces.delete(key);
      this.count -= lines.length;
    }
    return known;
  }
}
