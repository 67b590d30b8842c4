import type { TraceRecord } from '../../model/record.js';

/**
 * The records of one trace in the order they were written. One process wrote them, so its `seq` is that order in any
 * segment. An end that another process wrote is placed by its time.
 */
export function inWrittenOrder<T>(items: T[], recordOf: (item: T) => TraceRecord): T[] {
  const own = items.filter((item) => !isForeign(recordOf(item)));
  own.sort((a, b) => recordOf(a).seq - recordOf(b).seq);
  for (const end of items) {
    const record = recordOf(end);
    if (isForeign(record)) own.splice(own.findLastIndex((item) => recordOf(item).ts <= record.ts) + 1, 0, end);
  }
  return own;
}

/** Written by a process that the trace did not run in. */
export function isForeign(record: TraceRecord): boolean {
  return record.kind === 'end' && record.by !== undefined;
}
