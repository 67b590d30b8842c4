import { mcpServerFactory } from './mcp-server.js';
import type { McpOptions } from './mcp-server.js';

/** Handles one request over streamable HTTP; resolves with the whole response. */
export type McpHttpHandler = (request: Request, parsedBody?: unknown) => Promise<Response>;

/**
 * The server over HTTP, without sessions: every request is independent, so any number of processes may answer. The caller
 * controls access: nothing here checks Host, Origin or a token.
 */
export async function createMcpHttpHandler(options: McpOptions): Promise<McpHttpHandler> {
  const { sdk, make } = await mcpServerFactory(options);
  // The tools never change, so there are no subscriptions and no open responses.
  const { fetch } = sdk.createMcpHandler(make, { maxSubscriptions: 0 });
  return (request, parsedBody) => fetch(request, parsedBody === undefined ? undefined : { parsedBody });
}
