import type { TraceCarrier } from 'nestjs-trace-collector';

export const FOLLOW_UP = 'follow-up';

/** Data of a job; it is JSON in Redis. */
export interface FollowUp {
  contactId: string;
  text: string;
  trace?: TraceCarrier;
}

/** BullMQ's workers wait for jobs as long as it takes, hence no limit of retries per request. */
export function connection(): { url: string; maxRetriesPerRequest: null } {
  return { url: process.env.REDIS_URL ?? 'redis://localhost:6379', maxRetriesPerRequest: null };
}
