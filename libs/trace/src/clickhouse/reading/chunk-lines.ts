import { decodeLine } from '../../journal/codec/codec.js';
import { NEWLINE } from '../../journal/codec/format.js';
import type { JournalRecord } from '../../model/record.js';

/** The records of a chunk; damaged and erased lines are left out. */
export function recordsIn(text: string): JournalRecord[] {
  const lines = Buffer.from(text);
  const records: JournalRecord[] = [];
  for (let start = 0; start < lines.length;) {
    const at = lines.indexOf(NEWLINE, start);
    const end = at === -1 ? lines.length : at;
    const record = end > start ? decodeLine(lines, start, end) : undefined;
    if (record) records.push(record);
    start = end + 1;
  }
  return records;
}
