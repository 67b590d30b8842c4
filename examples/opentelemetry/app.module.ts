import { Body, Controller, Module, Post } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { currentTrace, Traced, TraceModule, traceTag, TraceWebhook } from 'nestjs-trace-collector';

@Controller('webhook')
export class WebhookController {
  @Post()
  @TraceWebhook({ reply: 'response' })
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ reply: string }> {
    linkBothTraces();
    return { reply: await this.answer(message.body) };
  }

  @Traced({ kind: 'agent', name: 'sofia' })
  private async answer(text: string): Promise<string> {
    return trace.getTracer('lead-bot').startActiveSpan('compose', (span) => {
      span.end();
      return `Recibí: ${text}`;
    });
  }
}

/**
 * Each of the two traces gets the other's id. A sender that sends `traceparent` gives both the same W3C trace id; without
 * one, each makes its own.
 */
function linkBothTraces(): void {
  const span = trace.getActiveSpan();
  if (!span) return;
  span.setAttribute('trace_collector.trace_id', currentTrace()?.traceId ?? '');
  traceTag('otel_trace_id', span.spanContext().traceId);
}

/** OpenTelemetry exports in the context of a request that ended a span. Without this the export is a step of that trace. */
const COLLECTOR = new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://localhost:4318').host;

@Module({
  imports: [TraceModule.forRoot({ capture: { outgoing: { exclude: COLLECTOR } } })],
  controllers: [WebhookController],
})
export class AppModule {}
