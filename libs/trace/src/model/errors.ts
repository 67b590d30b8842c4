/** Codes of all failures that a user can meet, for programs to match and people to search. */
export const ERROR_CODES = [
  'TRACE_NOT_FOUND',
  'TRACE_AMBIGUOUS',
  'EVENT_NOT_FOUND',
  'CONTACT_NOT_FOUND',
  'NO_TRACES',
  'NO_ERRORS',
  'BAD_QUERY',
  'BAD_POSITION',
  'OPTION_INVALID',
  'ACCESS_DENIED',
  'CROSS_SITE',
  'DEBUG_DISABLED',
  'CATALOG_UNAVAILABLE',
  'DATA_NEWER',
  'DATA_UNREADABLE',
  'NO_DIRECTORY',
  'NOT_SUPPORTED',
  'DRIVER_MISSING',
  'STORE_UNAVAILABLE',
  'SCHEMA_OUTDATED',
  'SCHEMA_NEWER',
] as const;

/** Code of a `TraceCollectorError`: one of `ERROR_CODES`. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a code. The message names the wrong value and the cure. */
export class TraceCollectorError extends Error {
  /** For `TRACE_AMBIGUOUS`: the newest traces that fit, in the form of a list, at most ten. */
  readonly candidates?: readonly object[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions & { candidates?: readonly object[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'TraceCollectorError';
    if (options.candidates) this.candidates = options.candidates;
  }
}
