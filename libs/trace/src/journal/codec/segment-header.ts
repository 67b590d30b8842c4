import { hostname } from 'node:os';
import type { RecordDraft } from '../../model/record.js';
import { JOURNAL_FORMAT } from './format.js';
import { packageVersion } from '../../model/package-version.js';

/** The first line of a segment. */
export function headerOf(boot: string, ts: number): RecordDraft {
  return {
    kind: 'segment',
    format: JOURNAL_FORMAT,
    boot,
    pid: process.pid,
    host: hostname(),
    version: packageVersion(),
    ts,
  };
}
