import { Inject, Req, Res } from '@nestjs/common';
import type { CompareQueries, TraceQueries } from '../../contract/trace-queries.js';
import { QUESTIONS } from '../../contract/questions.js';
import { compareWithLastOk } from '../../query/compare-with-last-ok.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { readQuestion } from '../dto/read-question.js';
import { exportFile, htmlFile, markdownFile } from '../export/export-file.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';
import { Route } from './questions.controller.js';

/** A trace as a file: JSON, Markdown or one HTML page. */
@DebugRoutes()
export class ExportController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: TraceQueries & CompareQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Route(QUESTIONS.export)
  export(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, async () => {
      const { id, format, max_tokens } = readQuestion(QUESTIONS.export, request);
      if (format === 'json') return exportFile(await this.queries.export(id), max_tokens);
      const trace = await this.queries.trace(id);
      if (format === 'html') return htmlFile(trace);
      return markdownFile(trace, max_tokens, await compareWithLastOk(this.queries, trace));
    });
  }
}
