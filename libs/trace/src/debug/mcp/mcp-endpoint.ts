import { Inject, Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { createMcpHttpHandler } from '../../mcp/mcp-http.js';
import type { McpHttpHandler } from '../../mcp/mcp-http.js';
import type { McpQueries } from '../../mcp/mcp-tool.js';
import type { TraceQueries } from '../../contract/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import type { TextResponse } from '../http/debug-reply.js';
import { rawRequest, requestUrl } from '../http/http-types.js';
import type { DebugRequest } from '../http/http-types.js';

/** Converts the adapters' requests to the web's, which the protocol's package accepts. Loads the package at the first request. */
@Injectable()
export class McpEndpoint {
  private readonly logger = new Logger('TraceCollector');
  private handler: Promise<McpHttpHandler> | undefined;

  constructor(@Inject(TRACE_QUERIES) private readonly queries: McpQueries & Pick<TraceQueries, 'health'>) {}

  /** Throws `NOT_SUPPORTED` where the protocol's package is not installed. */
  async answer(request: DebugRequest): Promise<TextResponse> {
    // A failure is not kept: the package may be installed, or the store be ready, a moment later.
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
  // The application's parser has read the body, so its length is no longer valid.
  headers.delete('content-length');
  const url = `http://localhost${requestUrl(request).path}`;
  if (parsedBody(request) !== undefined) return new Request(url, { method: request.method, headers });
  const body = Readable.toWeb(rawRequest(request)) as ReadableStream;
  return new Request(url, { method: request.method, headers, body, duplex: 'half' } as RequestInit);
}

/** The result of a body parser; `undefined` where none has read the body. */
function parsedBody(request: DebugRequest): unknown {
  return (request as { body?: unknown }).body;
}

/** The headers of the protocol; this server sets those of caches, types and lengths. */
function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('mcp-') || name === 'allow'));
}
