/** How much of one value, and of one trace, is kept. */
export interface Limits {
  /** Characters (UTF-16 units) kept of one string; the rest is counted in a note: `…[+12345 chars]`. For a text over 4 million only its length. */
  maxStringLength: number;
  /** Levels of nesting that are walked; what lies deeper is named, not opened. */
  maxDepth: number;
  /** Values visited in one payload: every property, element, key and map entry counts. */
  maxNodes: number;
  /** UTF-8 bytes of one payload's JSON. Never exceeded. */
  maxEventBytes: number;
  /** Events of one trace. Later ones are dropped and counted. */
  maxEventsPerTrace: number;
}

/**
 * Wide enough that an LLM conversation or a webhook body is kept whole, narrow enough that the largest payload costs
 * a few milliseconds and stays below the size at which a killed process was seen to tear a record (1 MB).
 */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  maxStringLength: 16_384,
  maxDepth: 12,
  maxNodes: 5_000,
  maxEventBytes: 256 * 1024,
  maxEventsPerTrace: 10_000,
});

/** The least value of each limit that still lets a payload say something; option validation refuses less. */
export const MIN_LIMITS: Readonly<Limits> = Object.freeze({
  maxStringLength: 16,
  maxDepth: 1,
  maxNodes: 1,
  maxEventBytes: 1024,
  maxEventsPerTrace: 1,
});
