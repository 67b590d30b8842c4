import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, MessageEvent } from '@nestjs/common';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Observable } from 'rxjs';
import { TraceCollectorError } from '../../model/errors.js';
import { delay } from '../../model/timers.js';
import { DEBUG_OPTIONS, TRACE_QUERIES } from '../debug.tokens.js';
import type { ResolvedDebugOptions } from '../debug.options.js';
import { errorAnswer } from '../http/error-response.js';
import type { StreamParams, TraceQueries } from '../../contract/trace-queries.js';
import { SseConnection } from './sse-connection.js';

const HEARTBEAT_MS = 15_000;
/** Longest wait for a store that never reports that it is ready, in milliseconds. */
const READY_MS = 1000;
/** Time for open streams to end at shutdown, in milliseconds. */
const SHUTDOWN_MS = 100;

/** Opens streams, and ends all of them at shutdown: `app.close()` does not return while one is open. */
@Injectable()
export class DebugStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger('TraceCollector');
  private readonly open = new Map<ServerResponse, AbortController>();
  private closing = false;

  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries,
    @Inject(DEBUG_OPTIONS) private readonly options: ResolvedDebugOptions,
  ) {}

  /** A stream to `response`. Rejects, before any header is out, with what `queries.stream` refuses at once (`BAD_POSITION`). */
  async start(response: ServerResponse, params: StreamParams): Promise<Observable<MessageEvent>> {
    if (this.closing) throw new TraceCollectorError('CATALOG_UNAVAILABLE', 'The application is shutting down.');
    const abort = this.track(response);
    try {
      const ready = new AbortController();
      const isReady = once(ready.signal, 'abort');
      const onReady = () => ready.abort();
      let reset: string | undefined;
      const onReset = (after: string) => (reset = after);
      const takeReset = () => {
        const taken = reset;
        reset = undefined;
        return taken;
      };
      const stream = this.queries.stream({ ...params, signal: abort.signal, onReady, onReset });
      const messages = stream[Symbol.asyncIterator]();
      const first = messages.next();
      // The connection handles the rejection later; until then it must not count as unhandled.
      first.catch(() => undefined);
      await Promise.race([first, isReady, delay(READY_MS, { ref: false })]);
      const { heartbeatMs = HEARTBEAT_MS } = this.options;
      const describe = (error: unknown) => this.describe(error);
      const lastId = params.after;
      return new SseConnection({
        response,
        messages,
        first,
        abort,
        takeReset,
        lastId,
        heartbeatMs,
        describe,
      }).observable();
    } catch (error) {
      abort.abort();
      throw error;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    const ends = [...this.open].map(([response, abort]) => end(response, abort));
    await Promise.race([Promise.all(ends), delay(SHUTDOWN_MS, { ref: false })]);
  }

  /** Streams that are open now. */
  get count(): number {
    return this.open.size;
  }

  private track(response: ServerResponse): AbortController {
    const abort = new AbortController();
    this.open.set(response, abort);
    if (response.destroyed || response.closed) abort.abort();
    response.once('close', () => abort.abort());
    abort.signal.addEventListener('abort', () => this.open.delete(response), { once: true });
    if (abort.signal.aborted) this.open.delete(response);
    return abort;
  }

  private describe(error: unknown): object {
    const { body, unexpected } = errorAnswer(error);
    if (unexpected) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return body;
  }
}

/** Ends a stream and then its connection, which the server would otherwise keep for another request. */
async function end(response: ServerResponse, abort: AbortController): Promise<void> {
  const finished = once(response, 'close').catch(() => undefined);
  response.once('finish', () => response.req.httpVersionMajor === 1 && response.socket?.destroySoon());
  abort.abort();
  await finished;
}
