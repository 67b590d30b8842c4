import type { TraceRecord } from '../../model/record.js';
import { folded, inJson } from '../../model/text.js';

/** Members of a record that hold what the application and its users wrote. */
const WRITTEN = ['message', 'body', 'data', 'input', 'output', 'name', 'location', 'stack', 'cause', 'context'];

/**
 * Matches the text, in either case, in the bytes of journal lines read as Latin-1: lines without a match are not decoded from
 * UTF-8 (2 to 4 GB a second). A match may lie outside of the payloads, which `isWritten` checks.
 */
export function payloadPattern(text: string): RegExp {
  const source = Array.from(inJson(text.normalize('NFC')), (char) => {
    const forms = new Set([char, char.toLowerCase(), char.toUpperCase()].map(asBytes));
    return forms.size === 1 ? [...forms][0]! : `(?:${[...forms].join('|')})`;
  });
  return new RegExp(source.join(''), 'g');
}

function asBytes(char: string): string {
  return Array.from(Buffer.from(char), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Whether a payload of the record contains the text. */
export function isWritten(record: TraceRecord, text: string): boolean {
  const wanted = folded(inJson(text));
  const members = record as unknown as Record<string, unknown>;
  return WRITTEN.some((name) => {
    const value = members[name];
    return value !== undefined && folded(JSON.stringify(value)).includes(wanted);
  });
}
