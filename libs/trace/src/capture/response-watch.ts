import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of an error answer is looked at: enough for Nest's own shape. */
const MAX_ANSWER = 4_096;

export interface ResponseListener {
  /** Right before the headers go out: the last chance to add one. */
  onHeaders(): void;
  /** The last byte was handed to the system, or the connection closed before that. Once. */
  onEnd(end: ResponseEnd): void;
}

export interface ResponseEnd {
  /** Why the answer is not out whole, where it is not. */
  readonly cut: ResponseCut | undefined;
  /** The beginning of an answer of 400 or more. */
  readonly errorAnswer: string | undefined;
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
  let errorAnswer: string | undefined;
  let headersSeen = false;
  let over = false;
  // Neither is put back after its call: compression and others may have wrapped ours meanwhile.
  const writeHead = response.writeHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    if (!headersSeen) {
      headersSeen = true;
      listener.onHeaders();
    }
    return (writeHead as (...all: unknown[]) => ServerResponse).apply(this, args);
  } as typeof writeHead;
  const end = response.end;
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    if (!over && response.statusCode >= 400) errorAnswer ??= textOf(args[0]);
    return (end as (...all: unknown[]) => ServerResponse).apply(this, args);
  } as typeof end;
  const settle = (cut: ResponseCut | undefined): void => {
    if (over) return;
    over = true;
    listener.onEnd({ cut, errorAnswer });
  };
  // An answer to an upload that broke off finishes too: it was written to nobody.
  response.once('finish', () => settle(isGone(request) && !request.complete ? 'upload' : undefined));
  // Also where no response was ever begun, as after an aborted upload.
  response.once('close', () => settle(response.writableFinished ? undefined : whoCut(request)));
}

/** A client that leaves is read as the end of the connection, or as an error of it; what we close, as neither. */
function whoCut({ complete, socket }: IncomingMessage): ResponseCut {
  if (!complete) return 'upload';
  return socket.readableEnded || socket.errored ? 'client' : 'server';
}

function isGone({ socket }: IncomingMessage): boolean {
  return socket.destroyed || socket.readableEnded;
}

function textOf(chunk: unknown): string | undefined {
  if (typeof chunk === 'string') return chunk.slice(0, MAX_ANSWER);
  if (chunk instanceof Uint8Array)
    return Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, MAX_ANSWER)).toString();
  return undefined;
}
