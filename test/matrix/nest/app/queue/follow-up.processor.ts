import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { runInTrace, traceEvent, traceReply, Traced, type TraceCarrier } from 'nestjs-trace-collector';

export interface FollowUp {
  lead: string;
  /** Number of attempts that fail before one succeeds. */
  failures: number;
  trace?: TraceCarrier;
}

@Processor('follow-up')
export class FollowUpProcessor extends WorkerHost {
  /** BullMQ binds `process` before the application is up; decorators are there before that. */
  @Traced()
  process(job: Job<FollowUp>): Promise<string> {
    const start = job.data.trace ?? { contactId: job.data.lead, type: 'queue' };
    return runInTrace(start, () => this.followUp(job));
  }

  @Traced({ kind: 'agent', name: 'follow_up', input: (job: Job<FollowUp>) => ({ attempt: job.attemptsMade + 1 }) })
  private async followUp(job: Job<FollowUp>): Promise<string> {
    traceEvent('job_attempt', { job: job.id, attempt: job.attemptsMade + 1 });
    if (job.attemptsMade < job.data.failures) throw new Error(`attempt ${job.attemptsMade + 1} failed`);
    traceReply(`Are you still there, ${job.data.lead}?`);
    return 'sent';
  }
}
