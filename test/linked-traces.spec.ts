import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { runInTrace, traceCarrier, traceReply, type TraceCarrier } from 'nestjs-trace-collector';
import { type RunningApp, startApp } from './support/nest-app.js';

const queue: TraceCarrier[] = [];

/** Queues a job for each message, as JSON, like a processor of BullMQ gets it. */
@Controller('webhook')
class QueueController {
  @Post()
  @HttpCode(200)
  receive(@Body() _body: unknown): string {
    queue.push(JSON.parse(JSON.stringify(traceCarrier())));
    return 'queued';
  }
}

describe('a webhook whose work runs in a queue', () => {
  let app: RunningApp;
  beforeEach(async () => {
    queue.length = 0;
    app = await startApp({ controllers: [QueueController] });
  });
  afterEach(() => app.close());

  async function webhook(contact: string): Promise<any> {
    await app.post('/webhook', { contactId: contact, body: 'hola' });
    return app.ended(contact);
  }

  /** Runs the job that was queued last, after its webhook's trace ended. */
  async function attempt(contact: string, work: () => unknown): Promise<any> {
    try {
      runInTrace(queue.at(-1)!, work);
    } catch {
      // The queue retries.
    }
    return app.ended(contact);
  }

  const fails = (): never => {
    throw new TypeError('provider down');
  };

  it('shows its attempts, and each attempt shows the webhook', async () => {
    const { trace_id } = await webhook('ana');
    const first = await attempt('ana', fails);
    const waiting = await app.debug(`/trace/${trace_id}`);
    expect(waiting.debug_hints).toContain(
      `🔗 Continued in ${first.trace_id}: error TypeError in runInTrace: provider down`,
    );
    const second = await attempt('ana', () => traceReply('listo'));
    const trace = await app.debug(`/trace/${trace_id}`);
    expect(trace.links).toMatchObject([
      { trace_id: first.trace_id, relation: 'continued_by', status: 'error', attempt: 1 },
      { trace_id: second.trace_id, relation: 'continued_by', status: 'completed', attempt: 2, message_sent: true },
    ]);
    expect(second.links).toMatchObject([{ trace_id, relation: 'continues', attempt: 2, status: 'completed' }]);
    expect(trace.debug_hints.join('\n')).toContain(`🔗 The reply was sent in ${second.trace_id}`);
    expect((await app.debug(`/trace/${trace_id}/export`)).links).toEqual(trace.links);
    expect((await app.debug('/quick-debug/ana')).latest_trace.links).toEqual(second.links);
    const { traces } = await app.debug('/traces');
    expect(traces.map(({ continues }: any) => continues)).toEqual([trace_id, trace_id, undefined]);
  });

  it('joins the webhook while its trace still runs', async () => {
    await app.post('/webhook', { contactId: 'eva', body: 'hola' });
    runInTrace(queue.at(-1)!, () => traceReply('listo'));
    const trace = await app.ended('eva');
    expect(trace.summary.message_sent).toBe(true);
    expect(trace).not.toHaveProperty('links');
  });

  const onDisk = (): string => {
    const journal = join(app.dir, 'journal');
    return readdirSync(journal)
      .map((file) => readFileSync(join(journal, file), 'utf8'))
      .join('');
  };

  it('is in no link of another contact once it is erased', async () => {
    const { trace_id } = await webhook('li');
    queue.push({ ...queue.at(-1)!, contact_id: 'somebody-else' });
    const job = await attempt('somebody-else', () => undefined);
    expect(job.links).toMatchObject([{ trace_id }]);
    const erased = await fetch(`${app.url}/debug/contacts/li`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer none' },
    });
    expect(erased.status).toBe(200);
    const after = await app.debug(`/trace/${job.trace_id}`);
    expect(after).not.toHaveProperty('links');
    expect(JSON.stringify(after)).not.toContain(trace_id);
    expect(onDisk()).not.toContain(trace_id);
  });
});
