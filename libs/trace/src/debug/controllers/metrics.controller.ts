import { Inject, Req, Res } from '@nestjs/common';
import { QUESTIONS } from '../../contract/questions.js';
import type { MetricsQueries } from '../../contract/trace-queries.js';
import { PROMETHEUS_TYPE } from '../../views/metrics/prometheus-text.js';
import { TRACE_QUERIES } from '../debug.tokens.js';
import { readQuestion } from '../dto/read-question.js';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { DebugRoutes } from './debug-routes.decorator.js';
import { Route } from './questions.controller.js';

/** The numbers that Prometheus reads, as text. */
@DebugRoutes()
export class MetricsController {
  constructor(
    @Inject(TRACE_QUERIES) private readonly queries: MetricsQueries,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Route(QUESTIONS.metrics)
  metrics(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, async () => {
      readQuestion(QUESTIONS.metrics, request);
      return { type: PROMETHEUS_TYPE, text: (await this.queries.metrics()).text };
    });
  }
}
