/**
 * How ordinary payloads are written: a walk and `JSON.stringify`, or one pass that checks, redacts and encodes. The bytes are
 * the same.
 */
export type Way = 'native' | 'one-pass';

/** Since V8 14 (Node 26) `JSON.stringify` is three times as fast as in Node 20, which pays for the walk. */
const FIRST_FAST = 14;

/** The faster way of an engine. @param v8 its version, as in `process.versions.v8` */
export function fasterWay(v8: string): Way {
  return Number.parseInt(v8, 10) >= FIRST_FAST ? 'native' : 'one-pass';
}

/** The faster way of this engine. */
export const DEFAULT_WAY: Way = fasterWay(process.versions.v8);
