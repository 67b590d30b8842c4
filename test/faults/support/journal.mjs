import { SegmentReader } from '../../../dist/libs/trace/src/journal/read/reader.js';
import { listSegments } from '../../../dist/libs/trace/src/journal/read/segments.js';
import { openDirectory } from '../../../dist/libs/trace/src/store/embedded/read-only-store.js';

/** The records of all files, read without the catalog. */
export function readJournal(dir) {
  const steps = new Map();
  const gaps = {};
  let records = 0;
  let corrupt = 0;
  const segments = listSegments(dir);
  for (const { path } of segments) {
    const reader = new SegmentReader(path);
    for (let next = reader.next(); next; next = reader.next()) {
      const { record } = next;
      if (record.kind === 'gap') add(gaps, record.dropped);
      // The end that another process wrote for a dead one's trace counts as no writer's record.
      if ('trace' in record && record.by === undefined) records += 1;
      if (record.kind === 'event' && record.type === 'step')
        steps.set(record.data.id, (steps.get(record.data.id) ?? 0) + 1);
    }
    corrupt += reader.corrupt;
    reader.close();
  }
  return { steps, gaps, records, corrupt, segments: segments.length, dropped: sum(gaps) };
}

/** The same as people see it: every trace, with the events of its response. */
export async function readTraces(dir) {
  const store = await openDirectory(dir);
  const steps = new Map();
  const byStatus = {};
  let traces = 0;
  try {
    for (let before; ;) {
      const { heads, next } = await store.list({ limit: 500, before });
      for (const { traceId, status } of heads) {
        traces += 1;
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        for (const record of (await store.get(traceId)).records) {
          if (record.kind === 'event' && record.type === 'step')
            steps.set(record.data.id, (steps.get(record.data.id) ?? 0) + 1);
        }
      }
      if (next === null) break;
      before = next;
    }
    const { corruptRecords } = await store.health();
    return { steps, traces, byStatus, corrupt: corruptRecords };
  } finally {
    await store.close();
  }
}

/** Returns the acknowledged events that are missing, and the events that are there more than once. */
export function compare(acks, steps) {
  const lost = acks.filter((id) => !steps.has(id)).length;
  const duplicated = Array.from(steps.values()).filter((n) => n > 1).length;
  return { acknowledged: acks.length, lost, duplicated };
}

export function sum(counts) {
  return Object.values(counts).reduce((total, n) => total + n, 0);
}

function add(into, more) {
  for (const [cause, n] of Object.entries(more)) into[cause] = (into[cause] ?? 0) + n;
}
