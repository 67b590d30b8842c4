import { crc32 } from 'node:zlib';
import { eventType } from '../../model/vocabulary.js';
import { JsonPiece } from '../../model/json-pieces.js';
import type { JournalRecord, RecordDraft } from '../../model/record.js';
import { MAX_RECORD_BYTES } from './format.js';
import { LineBuilder, member } from './line-builder.js';
import { BEGINNINGS, writeMembers } from './record-members.js';

/**
 * A record is one line: `{"crc":"8 hex",` and the rest, over whose bytes (newline excluded) the CRC is. Payloads are
 * JSON text already and are spliced in as the last members, so that an indexer can stop before them.
 *
 * The length of the part before those bytes.
 */
const PREFIX_BYTES = '{"crc":"00000000",'.length;
const TS = member('ts');
const END = JsonPiece.of('}\n');
const S = 0x73;
/** Offset of the CRC, after `{"crc":"`. */
const CRC_AT = 8;
const PREFIX_START = Buffer.from('{"crc":"');
/** The first member behind the CRC: of format 2, or 1. A payload may have a member `crc`, but hardly one before `kind`. */
const BEGINNING = /^\{"crc":"[\da-f]{8}","(?:kind|seq)":/;
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Turns drafts into lines, in one buffer that is used again for every record. */
export class RecordEncoder {
  private readonly line = new LineBuilder();

  /** Holds the line after `encode`. */
  get buffer(): Buffer {
    return this.line.buffer;
  }

  /** Writes the line into `buffer`. Returns its length with the newline, or -1 when a record may not be that long. */
  encode(draft: RecordDraft, seq: number): number {
    const { line } = this;
    line.start();
    line.write(BEGINNINGS[draft.kind]);
    line.writeNumber(seq);
    line.number(TS, draft.ts);
    writeMembers(line, draft);
    line.write(END);
    const { buffer, at: length } = line;
    if (length > MAX_RECORD_BYTES) return -1;
    writeHex(buffer, crc32(buffer.subarray(PREFIX_BYTES, length - 1)));
    return length;
  }
}

/** Writes the CRC into a whole line (newline included) whose text was changed. */
export function sealLine(line: Buffer): void {
  writeHex(line, crc32(line.subarray(PREFIX_BYTES, line.length - 1)));
}

/**
 * The record in `buffer[start, end)`, newline excluded; `undefined` when it is damaged. A whole record behind a
 * damaged one on the same line (a write that was cut, glued to the next) is still found.
 * @param head leave out the payload, except that of a reply: an indexer reads a 2 KB event in half the time
 */
export function decodeLine(buffer: Buffer, start: number, end: number, head = false): JournalRecord | undefined {
  return decodeAt(buffer, start, end, head) ?? decodeBehind(buffer, start, end, head);
}

/** The record at the end of a line, after damaged bytes. */
export function decodeBehind(buffer: Buffer, start: number, end: number, head = false): JournalRecord | undefined {
  for (let at = start; ;) {
    at = buffer.indexOf(PREFIX_START, at + 1);
    if (at === -1 || at >= end) return undefined;
    const behind = decodeAt(buffer, at, end, head);
    if (behind) return behind;
  }
}

/** Number of records that begin in a damaged line. One whose first bytes are damaged is not among them. */
export function beginningsIn(buffer: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = buffer.indexOf(PREFIX_START, start); at !== -1 && at < end; at = buffer.indexOf(PREFIX_START, at + 1)) {
    if (BEGINNING.test(buffer.toString('latin1', at, Math.min(end, at + PREFIX_BYTES + KIND_START.length)))) count += 1;
  }
  return count;
}

/** Longest name of a kind, with its quote. */
const KIND_BYTES = 16;
const KIND_START = '"kind":"';

/** Kind of the record of a line, without reading the rest of it. `undefined`: of format 1, or damaged. */
export function kindOfLine(buffer: Buffer, start: number, end: number): string | undefined {
  const from = start + PREFIX_BYTES;
  const text = buffer.toString('latin1', from, Math.min(end, from + KIND_START.length + KIND_BYTES));
  if (!text.startsWith(KIND_START)) return undefined;
  const quote = text.indexOf('"', KIND_START.length);
  return quote < 0 ? undefined : text.slice(KIND_START.length, quote);
}

/** Whether a line was erased: it then has only spaces. */
export function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x0d) return false;
  }
  return true;
}

/** The record that takes up the whole line; `undefined` when it is damaged. */
export function decodeAt(buffer: Buffer, start: number, end: number, head: boolean): JournalRecord | undefined {
  if (end - start <= PREFIX_BYTES || PREFIX_START.compare(buffer, start, start + CRC_AT) !== 0) return undefined;
  // `",` behind the CRC, which does not cover itself.
  if (buffer[start + PREFIX_BYTES - 2] !== 0x22 || buffer[start + PREFIX_BYTES - 1] !== 0x2c) return undefined;
  const stated = Number.parseInt(buffer.toString('latin1', start + CRC_AT, start + CRC_AT + 8), 16);
  if (crc32(buffer.subarray(start + PREFIX_BYTES, end)) !== stated) return undefined;
  const from = start + PREFIX_BYTES;
  // Lines of format 1 begin with `seq`. Their events have no facts, so an indexer needs the payloads.
  const cut = head && buffer[from + 1] !== S;
  return (cut ? headOf(buffer, from, end) : undefined) ?? parsed(`{${buffer.toString('utf8', from, end)}`);
}

/** Begins a payload, or a member of `attributes` or `usage` with the same name. Inside a text the quote would be escaped. */
const PAYLOAD = /,"(?:data|input|output|body|cause|detail|context|stack)":/g;
/** Longest line of a reply whose payload an indexer reads, in bytes. */
const MAX_REPLY_BYTES = 64 * 1024;
/** In most lines the payload begins before the first of these offsets, in nearly all others before the second. */
const HEAD_BYTES = [256, 1024];

/**
 * The record without its payload. The payload is not decoded: that is half of the work for a line of 5 KB.
 * `undefined`: it has none, or the list shows its beginning.
 */
function headOf(buffer: Buffer, start: number, end: number): JournalRecord | undefined {
  for (const bytes of HEAD_BYTES) {
    if (end - start <= bytes) break;
    const record = withoutPayload(buffer.toString('utf8', start, start + bytes));
    if (record !== undefined) return isShown(record, end - start) ? undefined : record;
  }
  const record = withoutPayload(buffer.toString('utf8', start, end));
  return record && isShown(record, end - start) ? undefined : record;
}

function isShown(record: JournalRecord, bytes: number): boolean {
  return record.kind === 'event' && eventType(record.type)?.isReply === true && bytes <= MAX_REPLY_BYTES;
}

/** A cut inside `attributes` or `usage` is no whole JSON: then the payload begins further on. */
function withoutPayload(text: string): JournalRecord | undefined {
  for (const { index } of text.matchAll(PAYLOAD)) {
    const record = parsed(`{${text.slice(0, index)}}`);
    if (record !== undefined) return record;
  }
  return undefined;
}

function parsed(text: string): JournalRecord | undefined {
  try {
    return JSON.parse(text) as JournalRecord;
  } catch {
    return undefined;
  }
}

function writeHex(buffer: Buffer, crc: number): void {
  for (let i = 0, shift = 28; shift >= 0; i += 1, shift -= 4) buffer[CRC_AT + i] = HEX_DIGITS[(crc >>> shift) & 0xf]!;
}
