import type { Consumer } from './support/consumer.js';
import { hasRedis, startRedis, type Redis } from './support/redis.js';
import { PLATFORMS, start, type Running } from './support/running.js';

const of = (trace: any, type: string): any[] => trace.events.filter((event: any) => event.type === type);
const linkOf = (trace: any): unknown => trace.events[0].data.linked_trace_id;

/**
 * Jobs of `@nestjs/bullmq`, on a real Redis.
 */
export function queueSuite(consumer: () => Consumer): void {
  if (!hasRedis) console.log('Skipped: jobs of @nestjs/bullmq. This machine has no redis-server to start.');
  (hasRedis ? describe : describe.skip).each(PLATFORMS)('a queue of an application on %s', (platform) => {
    let redis: Redis;
    let app: Running;

    beforeAll(async () => {
      redis = await startRedis();
      app = await start(consumer(), 'queue.app', { PLATFORM: platform, REDIS_PORT: String(redis.port) });
    }, 60_000);
    afterAll(async () => {
      await app?.stop();
      await redis?.stop();
    });

    it('continues in the trace of the webhook while that runs, with a span for each attempt', async () => {
      const response = await app.post('/webhook/queue', { contactId: 'c-job', body: 'hola', failures: 1 });
      const trace = await app.ended(response.headers.get('x-trace-id'));
      expect(trace).toMatchObject({ contact_id: 'c-job', status: 'error', summary: { message_sent: true } });
      expect(of(trace, 'job_attempt').map((event) => event.data.attempt)).toEqual([1, 2]);
      const spans = of(trace, 'agent').map(({ name, data }) => [name, data.input.attempt, data.outcome ?? 'ok']);
      expect(spans).toEqual([
        ['follow_up', 1, 'error'],
        ['follow_up', 2, 'ok'],
      ]);
      expect(trace.errors.map((error: any) => error.message)).toEqual(['attempt 1 failed']);
      expect((await app.debug('/traces?contact_id=c-job')).count).toBe(1);
    });

    it('opens a linked trace for each attempt, once the webhook’s has ended', async () => {
      const producer = (await app.debug('/traces?contact_id=c-job')).traces[0].trace_id;
      const { traceparent } = await app.debug(`/trace/${producer}`);
      const trace = { traceparent, trace_id: producer, contact_id: 'c-job' };
      const done = await app.post('/later', { lead: 'c-job', failures: 2, trace });
      expect(await done.json()).toEqual({ result: 'sent' });

      const { traces } = await app.debug('/traces?contact_id=c-job');
      const attempts: any[] = [];
      for (const { trace_id } of traces.toReversed().slice(1)) attempts.push(await app.ended(trace_id));
      expect(attempts.map(({ status }) => status)).toEqual(['error', 'error', 'completed']);
      expect(attempts.map((attempt) => of(attempt, 'job_attempt')[0].data.attempt)).toEqual([1, 2, 3]);
      expect(attempts.map(linkOf)).toEqual([producer, producer, producer]);
      // One W3C trace for all.
      const w3c = traceparent.split('-')[1];
      expect(attempts.map((attempt) => attempt.traceparent.split('-')[1])).toEqual([w3c, w3c, w3c]);
    });

    it('opens a trace for a job that was queued outside any trace', async () => {
      await app.post('/later', { lead: 'c-alone', failures: 0 });
      const trace = await app.endedOf('c-alone');
      expect(trace).toMatchObject({ status: 'completed', webhook: { type: 'queue' }, summary: { message_sent: true } });
      expect(linkOf(trace)).toBeUndefined();
    });

    it('records no internal failure', async () => {
      expect(await app.debug('/health')).toMatchObject({ status: 'ok', self_errors: 0 });
    });
  });
}
