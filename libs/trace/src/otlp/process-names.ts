import type { SegmentFields, TraceKey } from '../model/record.js';
import { writerNumber } from '../model/trace-key.js';
import { writerOf } from '../journal/writer-identity.js';
import type { RecordingProcess } from '../otel/export/resource.js';
import { WriterChains } from '../pipeline/writer-chains.js';

/** The processes that recorded, by the number that the keys of their traces begin with. */
export class ProcessNames {
  private readonly known = new Map<number, RecordingProcess | undefined>();

  constructor(private readonly dir: string) {}

  /** The header of a segment was read. */
  add(header: SegmentFields): void {
    const { id, number, host, pid, version } = writerOf(header);
    this.known.set(number, { id, host, pid, ...(version !== undefined && { version }) });
  }

  /** The process of a trace; `undefined`: its segments are gone. */
  of(key: TraceKey): RecordingProcess | undefined {
    const number = writerNumber(key);
    if (!this.known.has(number)) this.look(number);
    return this.known.get(number);
  }

  private look(number: number): void {
    const chains = [...new WriterChains(this.dir).list().values()];
    const found = chains.find(({ identity }) => identity.number === number)?.identity;
    if (!found) return void this.known.set(number, undefined);
    const { id, host, pid, version } = found;
    this.known.set(number, { id, host, pid, ...(version !== undefined && { version }) });
  }
}
