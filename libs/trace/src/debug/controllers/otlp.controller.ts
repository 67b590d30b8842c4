import { Inject, Post, Req, Res } from '@nestjs/common';
import { DebugReply } from '../http/debug-reply.js';
import type { DebugRequest, DebugResponse } from '../http/http-types.js';
import { OtlpEndpoint } from '../otlp/otlp-endpoint.js';
import { DebugRoutes } from './debug-routes.decorator.js';

/** Spans of other processes, as OpenTelemetry's exporters send them: `OTEL_EXPORTER_OTLP_ENDPOINT=http://…/debug/otlp`. */
@DebugRoutes()
export class OtlpController {
  constructor(
    @Inject(OtlpEndpoint) private readonly endpoint: OtlpEndpoint,
    @Inject(DebugReply) private readonly reply: DebugReply,
  ) {}

  @Post('otlp/v1/traces')
  post(@Req() request: DebugRequest, @Res() response: DebugResponse): Promise<void> {
    return this.reply.text(response, () => this.endpoint.answer(request));
  }
}
