import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { TraceHealthIndicator, TraceModule, TraceWebhook } from 'nestjs-trace-collector';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly traces: TraceHealthIndicator,
  ) {}

  /** For a liveness probe: a collector with a problem is reported, and the application stays up. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.traces.isHealthy('traces')]);
  }

  /** For a monitor that should ring: a degraded collector is `down`, and the answer is 503. */
  @Get('recorder')
  @HealthCheck()
  recorder(): Promise<HealthCheckResult> {
    return this.health.check([() => this.traces.isHealthy('traces', { failWhenDegraded: true })]);
  }
}

@Controller('webhook')
export class WebhookController {
  @Post()
  @TraceWebhook({ reply: 'response' })
  receive(@Body() message: { contactId: string; body: string }): { reply: string } {
    return { reply: `Recibí: ${message.body}` };
  }
}

@Module({ imports: [TerminusModule, TraceModule.forRoot()], controllers: [HealthController, WebhookController] })
export class AppModule {}
