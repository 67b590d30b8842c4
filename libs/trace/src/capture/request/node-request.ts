import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

/** Node's request behind a framework's: Fastify wraps it as `raw`; Express extends it, even if a middleware sets `raw`. */
export function nodeRequestOf(request: object): IncomingMessage {
  const { raw } = request as { raw?: Partial<IncomingMessage> | null };
  const wrapped = typeof raw === 'object' && raw !== null && typeof raw.headers === 'object';
  return (wrapped ? raw : request) as IncomingMessage;
}

/**
 * Whether the client disconnected before its request was complete. The partial body is no body, and a parser's error about it
 * adds nothing.
 * @param parsed `request.body` is there; a stream of HTTP/2 that is reset reads as one that ended
 */
export function isUploadBroken(request: IncomingMessage, parsed: boolean): boolean {
  const { stream } = request as IncomingMessage & { stream?: ServerHttp2Stream };
  if (stream) return !parsed && !stream.endAfterHeaders && (stream.aborted || (stream.rstCode ?? 0) !== 0);
  const { complete, destroyed, socket } = request;
  return !complete && (destroyed || socket.destroyed || socket.readableEnded);
}
