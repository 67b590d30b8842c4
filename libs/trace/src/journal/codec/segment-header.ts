import type { RecordDraft } from '../../model/record.js';
import { packageVersion } from '../../model/package-version.js';
import type { Writer } from '../../model/trace-key.js';
import { thisProcess } from '../writer-identity.js';
import { JOURNAL_FORMAT } from './format.js';

/** The first line of a segment of this process. `ts` is in microseconds. */
export function headerOf({ number, id }: Writer, ts: number): RecordDraft {
  const version = packageVersion();
  return { kind: 'segment', format: JOURNAL_FORMAT, writer: number, writer_id: id, ...thisProcess(), version, ts };
}
