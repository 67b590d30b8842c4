import type { JsonText, RecordDraft } from '../../../model/record.js';
import { decodeLine, RecordEncoder } from '../../codec/codec.js';
import { renumbered } from './renumber.js';

const draft = (n: number): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: JSON.stringify({ n, text: 'has ,"seq":7, in it' }) as JsonText,
  ts: n,
});

it('gives lines later numbers and leaves the rest as it is', () => {
  const encoder = new RecordEncoder();
  const lines = [1, 2, 3].map((n) => Buffer.from(encoder.buffer.subarray(0, encoder.encode(draft(n), n))));
  const moved = renumbered(Buffer.concat(lines), 9);
  const read = (line: Buffer): unknown => decodeLine(line, 0, line.length - 1);
  expect(moved.map(read)).toEqual(lines.map((line, at) => ({ ...(read(line) as object), seq: 9 + at })));
});
