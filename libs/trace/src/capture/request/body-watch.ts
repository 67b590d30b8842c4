import type { IncomingMessage } from 'node:http';
import { type BodyWatcher, bodyWatcherOf, setBodyWatcher, watchPush } from './body-push.js';

/** Bytes kept of a body until it is parsed, or to find the sender. */
export const MAX_WATCHED = 65_536;
/** Methods that carry no message in a body. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Keeps the first bytes of a request's body as Node hands them to the request's stream. It neither adds a
 * listener nor starts the flow, so a body that the application does not read stays in the socket, except for the bytes that
 * Node has buffered. It also sees bodies that a middleware reads, and bodies that no parser takes.
 */
export class BodyWatch implements BodyWatcher {
  /** Bytes that arrived. */
  total = 0;
  /** The end of the body arrived. */
  complete = false;
  private chunks: Uint8Array[] = [];
  private kept = 0;
  private stopped = false;

  private constructor(
    private readonly request: IncomingMessage,
    readonly inner: BodyWatcher | undefined,
    /** From the header `content-length`; 0 where it is missing. */
    private readonly announced: number,
  ) {}

  /** Begins to watch. `undefined`: the request has no body, or its body came before. */
  static of(request: IncomingMessage): BodyWatch | undefined {
    if (WITHOUT_BODY.has(request.method ?? 'GET') || request.complete || request.readableDidRead) return undefined;
    const length = request.headers['content-length'];
    if (length === '0' || typeof request.push !== 'function') return undefined;
    const watch = new BodyWatch(request, bodyWatcherOf(request), Number(length) || 0);
    watchPush(request, watch);
    return watch;
  }

  /** The first bytes, at most 64 KiB. */
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Whether `bytes` is the whole body. Node marks the end of a body that nothing reads late: the announced length counts. */
  get whole(): boolean {
    const ended = this.complete || (this.announced > 0 && this.total >= this.announced);
    return ended && this.kept === this.total;
  }

  /** Length of the body, as far as it is known: what came, or what was announced. */
  get length(): number {
    return Math.max(this.total, this.complete ? 0 : this.announced);
  }

  /** Stops watching and releases the bytes: the body was parsed, or is not recorded. */
  stop(): void {
    this.chunks = [];
    this.kept = 0;
    this.stopped = true;
    if (bodyWatcherOf(this.request) === this) setBodyWatcher(this.request, this.inner);
  }

  take(chunk: unknown): void {
    if (this.stopped) return;
    if (chunk === null) this.complete = true;
    if (!(chunk instanceof Uint8Array)) return;
    this.total += chunk.length;
    const room = MAX_WATCHED - this.kept;
    if (room <= 0) return;
    const piece = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.chunks.push(piece);
    this.kept += piece.length;
  }
}
