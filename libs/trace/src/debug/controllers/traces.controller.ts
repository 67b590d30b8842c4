import { Delete, Get, Inject, Post, Put, Req, Res } from '@nestjs/common';
import type { CompareQueries, TraceQueries, ValueQueries } from '../../contract/trace-queries.js';
import { compareWithLastOk } from '../../query/compare-with-last-ok.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { ExportQuery } from '../dto/export.query.js';
import { readQuery } from '../dto/query-reader.js';
import { ClearQuery, NoQuery } from '../dto/contact.query.js';
import { TraceDetailQuery, seqOf } from '../dto/trace-detail.query.js';
import { traceIdOf } from '../dto/trace-id.js';
import { ListTracesDto } from '../dto/traces.query.js';
import { exportFile, htmlFile, markdownFile } from '../export/export-file.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Traces: one, the newest, many, and away with them. */
@DebugRoutes()
export class TracesController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries & CompareQueries & ValueQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Get('traces')
  traces(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.queries.traces(readQuery(ListTracesDto, request).params()));
  }

  @Get(['trace/:id', 'traces/:id'])
  trace(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { max_value_bytes: maxValueBytes, max_events: maxEvents } = readQuery(TraceDetailQuery, request);
      const id = traceIdOf(request);
      const isWhole = maxValueBytes === undefined && maxEvents === undefined;
      return isWhole ? this.queries.trace(id) : this.queries.leanTrace(id, { maxValueBytes, maxEvents });
    });
  }

  /** One event, whole: what `max_value_bytes` left out of the trace. */
  @Get(['trace/:id/events/:seq', 'traces/:id/events/:seq'])
  event(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      readQuery(NoQuery, request);
      return this.queries.event(traceIdOf(request), seqOf(request));
    });
  }

  /** Neither retention nor clear takes it from now on. */
  @Put(['trace/:id/pin', 'traces/:id/pin'])
  pin(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.setPin(request, true));
  }

  @Delete(['trace/:id/pin', 'traces/:id/pin'])
  unpin(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => this.setPin(request, false));
  }

  @Get(['trace/:id/export', 'traces/:id/export'])
  export(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, async () => {
      const { format, max_tokens } = readQuery(ExportQuery, request);
      const id = traceIdOf(request);
      if (format === 'json') return exportFile(await this.queries.export(id), max_tokens);
      const trace = await this.queries.trace(id);
      if (format === 'html') return htmlFile(trace);
      return markdownFile(trace, max_tokens, await compareWithLastOk(this.queries, trace));
    });
  }

  @Get('last-trace')
  lastTrace(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.plain(request, response, () => this.queries.lastTrace());
  }

  @Get('last-error')
  lastError(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.plain(request, response, () => this.queries.lastError());
  }

  @Get('active')
  active(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.plain(request, response, () => this.queries.active());
  }

  /** Answers 200, not Nest's 201 for a POST: nothing comes into being. */
  @Post('clear')
  clear(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.json(response, async () => {
      const { keep_errors } = readQuery(ClearQuery, request);
      return this.queries.clear({ keepErrors: keep_errors });
    });
  }

  private setPin(request: DebugRequest, pinned: boolean): Promise<object> {
    readQuery(NoQuery, request);
    return this.queries.pin(traceIdOf(request), pinned);
  }

  private plain(request: DebugRequest, response: DebugResponse, ask: () => Promise<object>): Promise<void> {
    return this.reply.json(response, async () => {
      readQuery(NoQuery, request);
      return ask();
    });
  }
}
