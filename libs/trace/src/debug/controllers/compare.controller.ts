import { Get, Inject, Req, Res } from '@nestjs/common';
import type { CompareQueries } from '../../contract/trace-queries.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { CompareQuery } from '../dto/compare.query.js';
import { readQuery } from '../dto/query-reader.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Two traces beside one another. */
@DebugRoutes()
export class CompareController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: CompareQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Get('compare')
  compare(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { a, b } = readQuery(CompareQuery, request).ids();
      return this.queries.compare(a, b);
    });
  }
}
