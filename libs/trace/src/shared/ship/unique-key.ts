import { createHash } from 'node:crypto';
import type { TraceKey } from '../../model/record.js';
import { keyPrefix, writerNumber } from '../../model/trace-key.js';

/** Key of a trace of journal format 1, such as `3-17`: two directories both have it. */
const FORMAT_1 = /^\d+-/;

/** Prefix of the keys of the writer that was asked for last: its records come one after the other. */
let last = { key: '', writer: '', prefix: '' };

/**
 * The key under which the shared store has a trace. Keys of format 2 are unique over all processes; those of format 1 get the
 * form of format 2, with bits of a hash of the writer's identity.
 */
export function uniqueKey(key: TraceKey, writer: string): TraceKey {
  if (!FORMAT_1.test(key)) return key;
  const dash = key.indexOf('-');
  const number = key.slice(0, dash);
  if (last.key !== number || last.writer !== writer) last = { key: number, writer, prefix: prefixOf(key, writer) };
  return `${last.prefix}${key.slice(dash)}`;
}

function prefixOf(key: TraceKey, writer: string): string {
  const hash = createHash('sha256').update(writer).digest('hex');
  return keyPrefix({ id: `${hash.slice(0, 8)}-${hash.slice(8, 12)}`, number: writerNumber(key) });
}
