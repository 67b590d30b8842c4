import { Get, Inject, Req, Res } from '@nestjs/common';
import type { OverviewQueries, TraceQueries } from '../../contract/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { readQuery } from '../dto/query-reader.js';
import { RangeQuery } from '../dto/range.query.js';
import { NoQuery } from '../dto/contact.query.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** How the application does, and how the collector itself does. */
@DebugRoutes()
export class OverviewController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries & OverviewQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Get('health')
  health(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      readQuery(NoQuery, request);
      return this.queries.health();
    });
  }

  @Get('stats')
  stats(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.queries.stats(readQuery(RangeQuery, request).range()));
  }

  /** Errors put together by fingerprint. */
  @Get('errors')
  errors(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.queries.errorGroups(readQuery(RangeQuery, request).range()));
  }

  /** Latency over time, routing, the slowest tools. */
  @Get('insights')
  insights(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.queries.insights(readQuery(RangeQuery, request).range()));
  }
}
