import { openStore } from './open-store.mjs';

/** Traces of four records each, in one segment. */
export function record({ sink }, count, from = 0) {
  for (let n = from; n < from + count; n += 1) {
    const trace = `${sink.writer.number}-${n}`;
    const ts = 1_700_000_000_000_000 + n;
    sink.append({ kind: 'open', trace, id: `t_${n}`, traceparent: '', ts });
    sink.append({ kind: 'identify', trace, id: `t_${n}`, contact: `c${n % 20}`, message: 'hola', ts });
    sink.append({
      kind: 'event',
      trace,
      type: 'step',
      data: JSON.stringify({ id: `e${n}`, pad: 'x'.repeat(100) }),
      ts,
    });
    sink.append({ kind: 'end', trace, status: 'completed', ts });
  }
}

/** A directory with this number of traces, all of them indexed. */
export async function recorded(dir, count) {
  const store = openStore({ dir });
  record(store, count);
  await store.stats.counts();
  await store.close();
}
