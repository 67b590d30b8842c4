import { decodeLine, sealLine } from '../../journal/codec/codec.js';
import { NEWLINE } from '../../journal/codec/format.js';
import type { Overwrite } from '../../journal/write/overwrite.js';
import type { JournalRecord, TraceKey } from '../../model/record.js';

/** Length of the CRC's member, which is never part of a mention. */
const PREFIX_BYTES = 18;
const ASTERISK = 0x2a;
const ZERO = 0x30;
const BLANK = 0x20;

/**
 * Finds the lines that contain one of the texts, and adds a change for each to `lines`: the texts masked, or the whole line
 * blank. Lines that are in it already stay as they are. The keys of their traces go into `touched`.
 */
export function findMentions(
  bytes: Buffer,
  texts: readonly Buffer[],
  lines: Map<number, Overwrite>,
  touched: Set<TraceKey>,
): void {
  for (const text of texts) {
    for (let at = bytes.indexOf(text); at !== -1;) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const found = bytes.indexOf(NEWLINE, at);
      const end = found === -1 ? bytes.length : found;
      if (found !== -1 && !lines.has(start)) {
        const change = maskLine(bytes.subarray(start, end + 1), texts, touched);
        if (change) lines.set(start, { offset: start, ...change });
      }
      at = bytes.indexOf(text, end);
    }
  }
}

/** A copy of the lines in which the texts are masked; `undefined`: none has one of them. */
export function maskLines(bytes: Buffer, texts: readonly Buffer[]): Buffer | undefined {
  const changes = new Map<number, Overwrite>();
  findMentions(bytes, texts, changes, new Set());
  if (changes.size === 0) return undefined;
  const masked = Buffer.from(bytes);
  for (const { offset, length, line } of changes.values()) {
    if (line) line.copy(masked, offset);
    // The newline stays.
    else masked.fill(BLANK, offset, offset + length - 1);
  }
  return masked;
}

/** The byte that replaces those of a text. An id of digits may be a number, in which an asterisk would break the JSON. */
export function fillerFor(text: Buffer): number {
  return text.every((byte) => byte >= 0x30 && byte <= 0x39) ? ZERO : ASTERISK;
}

/** Masks the texts in a line of the same length. A line that would not be a valid record afterwards becomes blank. */
function maskLine(
  line: Buffer,
  texts: readonly Buffer[],
  touched: Set<TraceKey>,
): { length: number; line?: Buffer } | undefined {
  const before = decodeLine(line, 0, line.length - 1);
  const masked = Buffer.from(line);
  for (const text of texts) {
    const filler = fillerFor(text);
    for (let at = masked.indexOf(text, PREFIX_BYTES); at !== -1; at = masked.indexOf(text, at + text.length)) {
      masked.fill(filler, at, at + text.length);
    }
  }
  sealLine(masked);
  const after = decodeLine(masked, 0, masked.length - 1);
  if (!before || !after) return { length: line.length };
  // The text was part of the record's own numbers, which identify no contact.
  if (!sameRecord(before, after)) return undefined;
  if ('trace' in before) touched.add(before.trace);
  return { length: line.length, line: masked };
}

function sameRecord(a: JournalRecord, b: JournalRecord): boolean {
  const names = ['kind', 'seq', 'ts', 'trace', 'span', 'boot', 'writer', 'writer_id', 'process'];
  return names.every((name) => (a as never)[name] === (b as never)[name]);
}
