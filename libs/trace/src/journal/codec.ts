import { crc32 } from 'node:zlib';
import type { JournalRecord, RecordDraft } from '../model/record.js';
import { MAX_RECORD_BYTES } from './format.js';

/**
 * A record is one line: `{"crc":"8 hex",` and the rest, over whose bytes (newline excluded) the CRC is. Payloads are
 * JSON text already and are spliced in as the last members, so that an indexer can stop before them.
 */
const PREFIX = '{"crc":"00000000",';
const PREFIX_BYTES = PREFIX.length;
/** The CRC's place, right after `{"crc":"`. */
const CRC_AT = 8;
const PREFIX_START = Buffer.from('{"crc":"');
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** What a JSON string cannot hold as it is: most short strings have none, and a look is cheaper than a stringify. */
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Turns drafts into lines, in one buffer that is used again for every record. */
export class RecordEncoder {
  /** Holds the line after `encode`. */
  buffer = Buffer.allocUnsafe(64 * 1024);

  /** Writes the line into `buffer`; answers its bytes, newline included, or -1 when it is longer than a record may be. */
  encode(draft: RecordDraft, seq: number): number {
    const text = `${PREFIX}"seq":${seq},"ts":${finite(draft.ts)},${members(draft)}}\n`;
    if (text.length * 3 > this.buffer.length && !this.fit(Buffer.byteLength(text))) return -1;
    const { buffer } = this;
    const length = buffer.write(text, 0, 'utf8');
    if (length > MAX_RECORD_BYTES) return -1;
    writeHex(buffer, crc32(buffer.subarray(PREFIX_BYTES, length - 1)));
    return length;
  }

  private fit(bytes: number): boolean {
    if (bytes > MAX_RECORD_BYTES) return false;
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(Math.min(bytes * 2, MAX_RECORD_BYTES));
    return true;
  }
}

/** Puts the right CRC into a whole line (newline included) whose text was changed. */
export function sealLine(line: Buffer): void {
  writeHex(line, crc32(line.subarray(PREFIX_BYTES, line.length - 1)));
}

/**
 * The record in `buffer[start, end)`, newline excluded; `undefined` when it is damaged. A whole record behind a
 * damaged one on the same line (a write that was cut, glued to the next) is still found.
 * @param head leave out payloads that no list needs: an indexer reads a 2 KB event in half the time
 */
export function decodeLine(buffer: Buffer, start: number, end: number, head = false): JournalRecord | undefined {
  const record = decodeAt(buffer, start, end, head);
  if (record) return record;
  let at = start;
  for (;;) {
    at = buffer.indexOf(PREFIX_START, at + 1);
    if (at === -1 || at >= end) return undefined;
    const behind = decodeAt(buffer, at, end, head);
    if (behind) return behind;
  }
}

/** A line that holds nothing, on purpose: spaces are what erasing leaves. */
export function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x0d) return false;
  }
  return true;
}

function decodeAt(buffer: Buffer, start: number, end: number, head: boolean): JournalRecord | undefined {
  if (end - start <= PREFIX_BYTES || PREFIX_START.compare(buffer, start, start + CRC_AT) !== 0) return undefined;
  // `",` behind the CRC, which does not cover itself.
  if (buffer[start + PREFIX_BYTES - 2] !== 0x22 || buffer[start + PREFIX_BYTES - 1] !== 0x2c) return undefined;
  const stated = Number.parseInt(buffer.toString('latin1', start + CRC_AT, start + CRC_AT + 8), 16);
  if (crc32(buffer.subarray(start + PREFIX_BYTES, end)) !== stated) return undefined;
  const text = buffer.toString('utf8', start + PREFIX_BYTES, end);
  try {
    return JSON.parse(`{${head ? withoutPayload(text) : text}`) as JournalRecord;
  } catch {
    return undefined;
  }
}

const PAYLOADS = [',"data":', ',"input":', ',"output":', ',"body":', ',"cause":', ',"context":', ',"stack":'];
const NEEDED = /"type":"(?:agent_routing|tool_execution)"/;

/**
 * Safe on text: inside a JSON string the quote of `,"data":` would be escaped, and payloads come last, so the first hit
 * is the member itself.
 */
function withoutPayload(text: string): string {
  let cut = -1;
  for (const member of PAYLOADS) {
    const at = text.indexOf(member);
    if (at !== -1 && (cut === -1 || at < cut)) cut = at;
  }
  if (cut === -1) return text;
  const kept = text.slice(0, cut);
  return NEEDED.test(kept) ? text : `${kept}}`;
}

function writeHex(buffer: Buffer, crc: number): void {
  for (let i = 0, shift = 28; shift >= 0; i += 1, shift -= 4) buffer[CRC_AT + i] = HEX_DIGITS[(crc >>> shift) & 0xf]!;
}

/** All members of a record after `ts`, by hand: a general stringify would walk the payloads again. */
function members(draft: RecordDraft): string {
  switch (draft.kind) {
    case 'segment':
      return `"kind":"segment","format":${draft.format}${str('boot', draft.boot)},"pid":${draft.pid}${str('host', draft.host)}${str('version', draft.version)}`;
    case 'open':
      return `"kind":"open"${str('trace', draft.trace)}${str('id', draft.id)}${str('traceparent', draft.traceparent)}${str('link', draft.link)}${str('method', draft.method)}${str('path', draft.path)}`;
    case 'identify':
      return `"kind":"identify"${str('trace', draft.trace)}${str('id', draft.id)}${str('contact', draft.contact)}${str('message', draft.message)}${str('type', draft.type)}${str('direction', draft.direction)}${str('message_id', draft.message_id)}${draft.contacts ? `,"contacts":${JSON.stringify(draft.contacts)}` : ''}${str('handler', draft.handler)}${json('body', draft.body)}`;
    case 'handler':
      return `"kind":"handler"${str('trace', draft.trace)}${str('handler', draft.handler)}`;
    case 'contact':
      return `"kind":"contact"${str('trace', draft.trace)}${str('contact', draft.contact)}${str('before', draft.before)}`;
    case 'event':
      return `"kind":"event"${str('trace', draft.trace)}${str('type', draft.type)}${str('span', draft.span)}${num('ms', draft.ms)}${late(draft)}${json('data', draft.data)}`;
    case 'span':
      return `"kind":"span"${str('trace', draft.trace)}${str('span', draft.span)}${str('parent', draft.parent)}${str('name', draft.name)}${str('type', draft.type)}${late(draft)}${json('input', draft.input)}`;
    case 'span_end':
      return `"kind":"span_end"${str('trace', draft.trace)}${str('span', draft.span)}${num('ms', draft.ms)}${str('outcome', draft.outcome)}${late(draft)}${json('output', draft.output)}`;
    case 'error':
      return `"kind":"error"${str('trace', draft.trace)}${str('span', draft.span)}${str('location', draft.location)}${str('type', draft.type)}${str('message', draft.message)}${str('fingerprint', draft.fingerprint)}${late(draft)}${str('stack', draft.stack)}${json('cause', draft.cause)}${json('context', draft.context)}`;
    case 'response':
      return `"kind":"response"${str('trace', draft.trace)}${num('status', draft.status)}${num('ms', draft.ms)}${draft.aborted ? ',"aborted":true' : ''}`;
    case 'end':
      return `"kind":"end"${str('trace', draft.trace)}${str('status', draft.status)}${num('dropped', draft.dropped)}${num('by', draft.by)}`;
    case 'gap':
      return `"kind":"gap","dropped":${JSON.stringify(draft.dropped)}`;
    case 'seal':
      return '"kind":"seal"';
  }
}

function str(name: string, value: string | undefined): string {
  if (value === undefined || value === null) return '';
  return ESCAPED.test(value) ? `,"${name}":${JSON.stringify(value)}` : `,"${name}":"${value}"`;
}

function num(name: string, value: number | undefined): string {
  return value === undefined || value === null ? '' : `,"${name}":${finite(value)}`;
}

function late(draft: { late?: true }): string {
  return draft.late ? ',"late":true' : '';
}

/** A raw newline would end the record; in JSON text it can only be white space. */
function json(name: string, text: string | undefined): string {
  if (!text) return '';
  return `,"${name}":${text.includes('\n') ? text.replaceAll('\n', ' ') : text}`;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
