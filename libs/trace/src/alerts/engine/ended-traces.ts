import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { RecordBatch } from '../../pipeline/record-consumer.js';
import type { EndFields, Micros } from '../../model/record.js';
import type { SeenError } from '../rules/rule.js';

/** Open traces of which errors are kept, and different errors of one trace. */
const MAX_TRACES = 5_000;
const MAX_ERRORS = 20;

/** A trace that ended, or had an error after its end. */
export interface EndedTrace {
  key: TraceKey;
  at: Micros;
  status: EndFields['status'] | undefined;
  /** Its errors, one of each origin; `undefined`: none was seen, which a restart may be the reason for. */
  errors: SeenError[] | undefined;
}

/** Gathers the errors of traces until they end: only then it is known how the webhook was answered. */
export class EndedTraces {
  private readonly open = new Map<TraceKey, Map<string, SeenError>>();
  private ended: EndedTrace[] = [];

  add({ records }: Pick<RecordBatch, 'records'>): void {
    for (const record of records) if (record.kind === 'error' || record.kind === 'end') this.take(record);
  }

  /** What has ended since the last `done`. */
  get pending(): readonly EndedTrace[] {
    return this.ended;
  }

  /** The first `count` of `pending` have been looked at. */
  done(count: number): void {
    this.ended = this.ended.slice(count);
  }

  private take(record: Extract<TraceRecord, { kind: 'error' | 'end' }>): void {
    const { trace: key, ts: at } = record;
    if (record.kind === 'end') {
      const errors = this.open.get(key);
      this.open.delete(key);
      this.ended.push({ key, at, status: record.status, errors: errors && [...errors.values()] });
      return;
    }
    const { fingerprint, location, type, message } = record;
    const error: SeenError = { fingerprint, location, type, message, at };
    if (record.late) {
      this.ended.push({ key, at, status: undefined, errors: [error] });
      return;
    }
    const errors = this.open.get(key) ?? new Map<string, SeenError>();
    if (errors.size < MAX_ERRORS || errors.has(fingerprint)) errors.set(fingerprint, error);
    this.open.set(key, errors);
    // One that never ends: its process died, and another process writes its end. The errors are then read from the store.
    if (this.open.size > MAX_TRACES) this.open.delete(this.open.keys().next().value!);
  }
}
