import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { traceCarrier, TraceModule } from 'nestjs-trace-collector';
import type { Queue } from 'bullmq';
import { connection, FOLLOW_UP, type FollowUp } from './follow-up.js';

@Controller('webhook')
export class WebhookController {
  constructor(@InjectQueue(FOLLOW_UP) private readonly queue: Queue<FollowUp>) {}

  /** The job carries the trace that it comes from. */
  @Post()
  @HttpCode(202)
  async receive(@Body() message: { contactId: string; body: string }): Promise<{ queued: true }> {
    const job = { contactId: message.contactId, text: message.body, trace: traceCarrier() };
    await this.queue.add('answer', job, { attempts: 2, backoff: { type: 'fixed', delay: 200 } });
    return { queued: true };
  }
}

/** The web process: it receives webhooks and puts jobs into the queue. */
@Module({
  imports: [
    TraceModule.forRoot(),
    BullModule.forRoot({ connection: connection() }),
    BullModule.registerQueue({ name: FOLLOW_UP }),
  ],
  controllers: [WebhookController],
})
export class AppModule {}
