import { createHash } from 'node:crypto';
import type { TraceKey } from '../../model/record.js';
import { keyPrefix, writerNumber } from '../../model/trace-key.js';

/** Key of a trace of journal format 1, such as `3-17`: two directories both have it. */
const FORMAT_1 = /^\d+-/;

/**
 * The key under which the shared store has a trace. Keys of format 2 are unique over all processes; those of format 1 get the
 * form of format 2, with bits of a hash of the writer's identity.
 */
export function uniqueKey(key: TraceKey, writer: string): TraceKey {
  if (!FORMAT_1.test(key)) return key;
  const hash = createHash('sha256').update(writer).digest('hex');
  const id = `${hash.slice(0, 8)}-${hash.slice(8, 12)}`;
  return `${keyPrefix({ id, number: writerNumber(key) })}${key.slice(key.indexOf('-'))}`;
}
