import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { errorAnswerOf, watchErrorAnswer } from './error-response.js';
import { type HeadArguments, headerAdder, type ResponseHeader } from './response-header.js';

/** HTTP/2's word for a stream that our side broke off. Written out: requests of HTTP/1 need not load `node:http2`. */
const INTERNAL_ERROR = 2;

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

/**
 * Watches a response from the outside, by its own instance: the status is only known here (an interceptor says
 * "complete" where serialising the answer then fails), and only here are answers seen that no handler gave.
 * `onHeaders` and `onEnd` must not throw.
 */
export function watchResponse(request: IncomingMessage, response: ServerResponse, listener: ResponseListener): void {
  let headersSeen = false;
  let sent: number | undefined;
  let head: HeadArguments | undefined;
  let over = false;
  // It is not put back after its call: compression and others may have wrapped ours meanwhile.
  const writeHead = response.writeHead;
  const add = headerAdder(response);
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    let given: HeadArguments = args;
    if (!headersSeen) {
      headersSeen = true;
      head = args;
      const header = listener.onHeaders();
      if (header) given = add(header, args);
    }
    const result = (writeHead as (...all: unknown[]) => ServerResponse).apply(this, given as unknown[]);
    sent ??= this.statusCode;
    return result;
  } as typeof writeHead;
  watchErrorAnswer(response);
  const settle = (cut: ResponseCut | undefined): void => {
    if (over) return;
    over = true;
    listener.onEnd({ cut, status: sent ?? response.statusCode, errorAnswer: errorAnswerOf(response), head });
  };
  const stream = streamOf(request);
  if (stream) {
    // Every stream of HTTP/2 finishes and closes, whole or not.
    response.once('finish', () => settle(whoCutStream(stream, listener)));
    response.once('close', () => settle(whoCutStream(stream, listener)));
    return;
  }
  // An answer to an upload that broke off finishes too, although no client reads it.
  response.once('finish', () => settle(isGone(request) && !request.complete ? 'upload' : undefined));
  // Also where no response was ever begun, as after an aborted upload.
  response.once('close', () => settle(response.writableFinished ? undefined : whoCut(request)));
}

function streamOf(request: IncomingMessage): ServerHttp2Stream | undefined {
  return (request as IncomingMessage & { stream?: ServerHttp2Stream }).stream;
}

/** A stream that is reset looks like one that ended: the only sign of a broken upload is the missing body. */
function whoCutStream(stream: ServerHttp2Stream, listener: ResponseListener): ResponseCut | undefined {
  if (!stream.aborted) return undefined;
  if (stream.rstCode === INTERNAL_ERROR) return 'server';
  return stream.endAfterHeaders || listener.hasBody() ? 'client' : 'upload';
}

/** A client that leaves ends the connection or causes an error of it; a connection that we close does neither. */
function whoCut({ complete, socket }: IncomingMessage): ResponseCut {
  if (!complete) return 'upload';
  return socket.readableEnded || socket.errored ? 'client' : 'server';
}

function isGone({ socket }: IncomingMessage): boolean {
  return socket.destroyed || socket.readableEnded;
}
