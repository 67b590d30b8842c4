/**
 * How ordinary payloads are written: a walk and `JSON.stringify`, or one pass that checks, redacts and encodes. The bytes are
 * the same.
 */
export type Way = 'native' | 'one-pass';

/** The faster way of this engine. */
export const DEFAULT_WAY: Way = 'native';
