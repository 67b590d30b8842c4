import { BullModule, Processor, WorkerHost } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { runInTrace, Traced, TraceModule, traceReply } from 'nestjs-trace-collector';
import type { Job } from 'bullmq';
import { connection, FOLLOW_UP, type FollowUp } from './follow-up.js';

@Processor(FOLLOW_UP)
export class FollowUpProcessor extends WorkerHost {
  /** Each attempt is a trace of its own, linked to the webhook's. A job without a carrier gets a trace all the same. */
  override process(job: Job<FollowUp>): Promise<void> {
    const { contactId, trace } = job.data;
    return runInTrace(trace ?? { contactId, type: 'queue' }, () => this.answer(job));
  }

  @Traced({ kind: 'agent', name: 'follow_up', input: (job: Job<FollowUp>) => ({ attempt: job.attemptsMade + 1 }) })
  private async answer(job: Job<FollowUp>): Promise<void> {
    if (/falla/i.test(job.data.text) && job.attemptsMade === 0) throw new Error('The address book does not answer');
    // Send the message here. Calls of known messaging APIs are recorded as the reply without this line.
    traceReply('¡Hola! ¿Sigues interesado en la cita?');
  }
}

/** The worker process. Give it the same `TRACE_DIR` as the web process: both record into one directory. */
@Module({
  imports: [
    TraceModule.forRoot({ debug: { enabled: false } }),
    BullModule.forRoot({ connection: connection() }),
    BullModule.registerQueue({ name: FOLLOW_UP }),
  ],
  providers: [FollowUpProcessor],
})
export class WorkerModule {}
