import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryDirectory } from './cli-run.js';

/** A directory written by the built store, as an application would. */
export interface TraceDirectory {
  dir: string;
  /** One trace: a message, an analysis, a reply or an error. Returns its id. */
  record(contact: string, message: string, outcome?: 'completed' | 'error' | 'open'): string;
  close(): Promise<void>;
}

export async function openTraceDirectory(dir = temporaryDirectory()): Promise<TraceDirectory> {
  const built = pathToFileURL(join(process.cwd(), 'dist/libs/trace/src/store/embedded/embedded-store.js')).href;
  const { openLocalJournal } = await import(built);
  const { writer, close } = openLocalJournal({ dir });
  let traces = 0;
  const record: TraceDirectory['record'] = (contact, message, outcome = 'completed') => {
    traces += 1;
    const trace = `${writer.writer.number}-${traces}`;
    const id = `${contact}_20240120_143022_${String(traces).padStart(6, '0')}`;
    let ts = Date.UTC(2024, 0, 20, 14, 30, 22) * 1000 + traces * 1_000_000;
    const append = (fields: object): void => {
      ts += 1000;
      writer.append({ trace, ts, ...fields });
    };
    append({
      kind: 'open',
      id,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      method: 'POST',
      path: '/webhook',
    });
    append({ kind: 'identify', id, contact, message, type: 'generic', direction: 'inbound' });
    append({ kind: 'event', type: 'intelligence_analysis', data: '{"lead_score":8}' });
    if (outcome === 'completed') append({ kind: 'event', type: 'message_sent', data: '{"message":"Hola"}' });
    if (outcome === 'error')
      append({ kind: 'error', location: 'Tool.book', type: 'Error', message: 'no', fingerprint: 'f1' });
    if (outcome !== 'open') append({ kind: 'end', status: outcome });
    return id;
  };
  return { dir, record, close };
}
