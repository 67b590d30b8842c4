import { InjectQueue } from '@nestjs/bullmq';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import type { Queue, QueueEvents } from 'bullmq';
import { NoTrace, traceCarrier, waitUntil } from 'nestjs-trace-collector';
import type { FollowUp } from './follow-up.processor.js';

export const QUEUE_EVENTS = Symbol('QUEUE_EVENTS');

@Controller()
export class QueueController {
  constructor(
    @InjectQueue('follow-up') private readonly queue: Queue<FollowUp>,
    @Inject(QUEUE_EVENTS) private readonly events: QueueEvents,
  ) {}

  /** The trace stays open until the job is done, so that the job continues in it. */
  @Post('webhook/queue')
  async receive(@Body() { contactId, failures }: { contactId: string; failures: number }): Promise<{ job?: string }> {
    const job = await this.queue.add(
      'follow-up',
      { lead: contactId, failures, trace: traceCarrier() },
      { attempts: 3 },
    );
    waitUntil(job.waitUntilFinished(this.events));
    return { job: job.id };
  }

  /** A job of another time: its producer's trace has ended, or it has none. */
  @Post('later')
  @NoTrace()
  async later(@Body() data: FollowUp): Promise<{ result: string }> {
    const job = await this.queue.add('follow-up', data, { attempts: 3 });
    return { result: (await job.waitUntilFinished(this.events)) as string };
  }
}
