import { sealLine } from '../../codec/codec.js';
import { NEWLINE } from '../../codec/format.js';

const SEQ = Buffer.from(',"seq":');
const COMMA = 0x2c;

/**
 * Copies of the lines in `bytes` with new numbers, from `first` on: lines that move behind the header of another segment,
 * whose number is higher than theirs.
 */
export function renumbered(bytes: Buffer, first: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline === -1 ? bytes.length : newline + 1;
    lines.push(withSeq(bytes.subarray(from, to), first + lines.length));
    from = to;
  }
  return lines;
}

/** The number is the member behind `kind`, before everything that an application gives. */
function withSeq(line: Buffer, seq: number): Buffer {
  const start = line.indexOf(SEQ) + SEQ.length;
  const end = line.indexOf(COMMA, start);
  const moved = Buffer.concat([line.subarray(0, start), Buffer.from(String(seq)), line.subarray(end)]);
  sealLine(moved);
  return moved;
}
