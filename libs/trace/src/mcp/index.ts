/**
 * The entry point `nestjs-trace-collector/mcp`: the tools of `get-trace mcp` and `POST /debug/mcp`, for a server of
 * one's own. Needs `@modelcontextprotocol/server`, which is loaded at the first use.
 *
 * @module nestjs-trace-collector/mcp
 */
export { createMcpHttpHandler, type McpHttpHandler } from './mcp-http.js';
export { type McpOptions } from './mcp-server.js';
export { type McpAsk, type McpQueries } from './mcp-tool.js';
export { serveMcpStdio } from './mcp-stdio.js';
