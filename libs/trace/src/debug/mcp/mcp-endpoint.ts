import { Inject, Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { createMcpHttpHandler } from '../../mcp/mcp-http.js';
import type { McpHttpHandler } from '../../mcp/mcp-http.js';
import type { McpQueries } from '../../mcp/mcp-queries.js';
import type { TraceQueries } from '../../contract/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import type { TextResponse } from '../http/debug-reply.js';
import { rawRequest, requestUrl } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';

/** Between the adapters' requests and the web's, which the protocol's package speaks. Loads it at the first request. */
@Injectable()
export class McpEndpoint {
  private readonly logger = new Logger('TraceCollector');
  private handler: Promise<McpHttpHandler> | undefined;

  constructor(@Inject(TRACE_QUERIES) private readonly queries: McpQueries & Pick<TraceQueries, 'health'>) {}

  /** Throws `NOT_SUPPORTED` where the protocol's package is not installed. */
  async answer(request: DebugRequest): Promise<TextResponse> {
    // Kept only when it worked: the package may be installed, or the store be ready, a moment later.
    this.handler ??= this.open().catch((error: unknown) => {
      this.handler = undefined;
      throw error;
    });
    const handle = await this.handler;
    const response = await handle(webRequest(request), parsedBody(request));
    return {
      type: response.headers.get('content-type') ?? 'application/json',
      text: await response.text(),
      status: response.status,
      headers: kept(response.headers),
    };
  }

  private async open(): Promise<McpHttpHandler> {
    const { version } = await this.queries.health();
    return createMcpHttpHandler({
      ask: (question) => question(this.queries),
      version,
      onError: (error) => this.logger.error(error instanceof Error ? (error.stack ?? error.message) : error),
    });
  }
}

function webRequest(request: DebugRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(':') && value !== undefined)
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // The body was read by the application's parser, and says by now what it was, not how long.
  headers.delete('content-length');
  const url = `http://localhost${requestUrl(request).path}`;
  if (parsedBody(request) !== undefined) return new Request(url, { method: request.method, headers });
  const body = Readable.toWeb(rawRequest(request)) as ReadableStream;
  return new Request(url, { method: request.method, headers, body, duplex: 'half' } as RequestInit);
}

/** What a body parser made of the body; `undefined` when none has read it. */
function parsedBody(request: DebugRequest): unknown {
  return (request as { body?: unknown }).body;
}

/** Headers of the protocol; what concerns caches, types and lengths is this server's own business. */
function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('mcp-') || name === 'allow'));
}
