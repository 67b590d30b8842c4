import { randomUUID } from 'node:crypto';
import { keyPrefix } from '../../libs/trace/src/model/trace-key.js';
import { emptyHead } from '../../libs/trace/src/model/trace.reducer.js';
import type { TraceHead } from '../../libs/trace/src/model/trace.js';
import { packLines } from '../../libs/trace/src/shared/chunk.js';
import type { ShipBatch, ShippedTrace, ShipSource } from '../../libs/trace/src/shared/ship-target.js';

/** Start of a day (UTC) in microseconds. */
export const A_DAY = Date.UTC(2026, 10, 30) * 1_000;

/** A process of its own. */
export function sourceOf(options: Partial<ShipSource> = {}): ShipSource {
  return { writer: randomUUID(), instance: 'a', host: 'h', pid: 1, version: '1', isOwn: true, ...options };
}

/** The `n`th trace of a process, completed after 20 µs. */
export function traceOf({ writer }: ShipSource, n: number, head: Partial<TraceHead> = {}, version = n): ShippedTrace {
  const key = `${keyPrefix({ id: writer, number: 1 })}-${n}`;
  const startedAt = head.startedAt ?? A_DAY + n;
  const times = { startedAt, lastAt: startedAt + 10, endedAt: startedAt + 20 };
  return {
    head: { ...emptyHead(key), traceId: `t_${n}`, contactId: `c${n}`, status: 'completed', ...times, ...head },
    version,
    tags: ['agent:sofia', 'tag:a"b\\c,{}'],
    search: 'hello',
    uses: [{ kind: 'agent', name: 'sofia', n: 1, errors: 0, us: 5, took: [1] }],
  };
}

/** A batch with one line for each trace, from one place of segment 1 to another. */
export function batchOf(source: ShipSource, traces: ShippedTrace[], from = 0, to = from + 100): ShipBatch {
  return {
    source,
    from: from === 0 ? { segment: 0, offset: 0 } : { segment: 1, offset: from },
    to: { segment: 1, offset: to },
    traces,
    chunks: traces.map(({ head: { key, startedAt }, version: seq }) => ({
      key,
      startedAt,
      seq,
      records: 1,
      body: packLines([Buffer.from(`line ${seq} of ${key}\n`)]),
    })),
  };
}
