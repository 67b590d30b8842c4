import { mcpServerFactory } from './mcp-server.js';
import type { McpOptions } from './mcp-server.js';

/** One request to the server over streamable HTTP, and its whole answer. */
export type McpHttpHandler = (request: Request, parsedBody?: unknown) => Promise<Response>;

/**
 * The server over HTTP, without sessions: every request stands for itself, so any number of processes may answer. Who
 * may ask is the caller's to decide; nothing here looks at Host, Origin or a token.
 */
export async function createMcpHttpHandler(options: McpOptions): Promise<McpHttpHandler> {
  const { sdk, make } = await mcpServerFactory(options);
  // Nothing here ever changes, so there is nothing to subscribe to, and no answer that stays open.
  const { fetch } = sdk.createMcpHandler(make, { maxSubscriptions: 0 });
  return (request, parsedBody) => fetch(request, parsedBody === undefined ? undefined : { parsedBody });
}
