import { Get, Inject, Post, Req, Res } from '@nestjs/common';
import { McpEndpoint } from '../mcp/mcp-endpoint.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** The MCP server over streamable HTTP, behind the same guard as everything here. */
@DebugRoutes()
export class McpController {
  constructor(
    @Inject(McpEndpoint) private readonly endpoint: McpEndpoint,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Post('mcp')
  post(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, () => this.endpoint.answer(request));
  }

  /** Clients ask here for a stream of the server's own messages. There is none, and the protocol's answer to that is 405. */
  @Get('mcp')
  get(@Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, async () => ({
      type: 'application/json; charset=utf-8',
      text: '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Method not allowed: send POST."},"id":null}',
      status: 405,
      headers: { Allow: 'POST' },
    }));
  }
}
