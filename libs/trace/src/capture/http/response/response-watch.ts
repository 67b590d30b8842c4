import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { watchErrorAnswer } from './error-response.js';
import { addHeaderInside, type HeadArguments } from './response-header.js';
import type { ResponseCut, ResponseListener } from './response-listener.js';
import { type Method, watchMethod } from './response-methods.js';
import { knownState, type ResponseState } from './response-state.js';

/** HTTP/2's word for a stream that our side broke off. Written out: requests of HTTP/1 need not load `node:http2`. */
const INTERNAL_ERROR = 2;

/**
 * Watches a response from the outside: the status is only known here (an interceptor says "complete" where serialising the
 * answer then fails), and only here are answers seen that no handler gave. Its methods are watched on their prototype, and
 * the two functions that listen are the same for all responses, so that responses keep the layout that V8 shares.
 */
export function watchResponse(request: IncomingMessage, response: ServerResponse, listener: ResponseListener): void {
  const state = watchErrorAnswer(response);
  state.listeners.push(listener);
  // The application in which this one is mounted watches too.
  if (state.request) return;
  state.request = request;
  if (watchMethod(response, 'writeHead')) watchOwnHead(response, state);
  response.on('finish', onFinish);
  // Also where no response was ever begun, as after an aborted upload.
  response.on('close', onClose);
}

/**
 * Something replaced `writeHead` before us. Ours is not put back after its call: compression and others may have wrapped it
 * meanwhile.
 */
function watchOwnHead(response: ServerResponse, state: ResponseState): void {
  const writeHead = response.writeHead as Method;
  response.writeHead = function (this: ServerResponse, ...args: HeadArguments) {
    const given = state.announce(this, args, addHeaderInside);
    const result = writeHead.apply(this, [...given]);
    state.sent ??= this.statusCode;
    return result;
  } as typeof response.writeHead;
}

function onFinish(this: ServerResponse): void {
  ended(this, cutAtFinish);
}

function onClose(this: ServerResponse): void {
  ended(this, cutAtClose);
}

/** An answer to an upload that broke off finishes too, although no client reads it. */
function cutAtFinish(request: IncomingMessage): ResponseCut | undefined {
  return isGone(request) && !request.complete ? 'upload' : undefined;
}

function cutAtClose(request: IncomingMessage, response: ServerResponse): ResponseCut | undefined {
  return response.writableFinished ? undefined : whoCut(request);
}

/** @param cutOf whether an answer of HTTP/1 was cut off, and by whom */
function ended(
  response: ServerResponse,
  cutOf: (request: IncomingMessage, response: ServerResponse) => ResponseCut | undefined,
): void {
  const state = knownState(response);
  const request = state?.request;
  if (!request || state.over) return;
  const stream = streamOf(request);
  // Every stream of HTTP/2 finishes and closes, whole or not.
  settle(response, state, stream ? whoCutStream(stream, state.listeners[0]!) : cutOf(request, response));
}

function settle(response: ServerResponse, state: ResponseState, cut: ResponseCut | undefined): void {
  state.over = true;
  const { sent, errorAnswer, head } = state;
  const end = { cut, status: sent ?? response.statusCode, errorAnswer, head };
  for (const listener of state.listeners) listener.onEnd(end);
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
