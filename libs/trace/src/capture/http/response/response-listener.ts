import type { HeadArguments, ResponseHeader } from './response-header.js';

/** Is called about one response. `onHeaders` and `onEnd` must not throw. */
export interface ResponseListener {
  /** Right before the headers go out: returns the one to add, unless the application has set it. */
  onHeaders(): ResponseHeader | undefined;
  /** Whether the request's body has arrived and was parsed: HTTP/2 has no sign of it. */
  hasBody(): boolean;
  /** The last byte was handed to the system, or the connection closed before that. Once. */
  onEnd(end: ResponseEnd): void;
}

export interface ResponseEnd {
  /** Why the answer was cut off; `undefined`: it is complete. */
  readonly cut: ResponseCut | undefined;
  /** The status that was sent. If no answer was begun: the status that is set. */
  readonly status: number;
  /** The beginning of an answer of 400 or more. */
  readonly errorAnswer: string | undefined;
  /** What `writeHead` was called with: it may have headers that Node does not keep. */
  readonly head?: HeadArguments;
}

/**
 * `upload`: the client went away before its own request was whole. `client`: it went away later. `server`: the connection
 * was closed on our side, as when a file breaks off in the middle.
 */
export type ResponseCut = 'upload' | 'client' | 'server';
