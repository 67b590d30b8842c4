import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';
import { outputOf, printed } from '../programs.mjs';

export const programs = ['main', 'worker'];

/** A Redis of its own, on a port that the system chose. */
export async function prepare() {
  if (spawnSync('redis-server', ['--version']).error) return { missing: 'redis-server is not installed' };
  const directory = await mkdtemp(join(tmpdir(), 'example-redis-'));
  const socket = join(directory, 'redis.sock');
  const redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory]);
  await printed(redis, outputOf(redis), /ready to accept connections/i);
  const close = async () => {
    redis.kill();
    await new Promise((resolve) => redis.once('exit', resolve));
    await rm(directory, { recursive: true, force: true });
  };
  return { env: { REDIS_URL: `unix://${socket}` }, close };
}

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: 'Quiero una cita' }),
});

export async function run({ step, send, until, traceOf, webhooks }) {
  /** The trace of the webhook, when that of its job has ended and is linked. */
  const linked = async (response, count) => {
    await traceOf(response);
    return until(`trace/${response.traceId}`, (trace) =>
      trace.links?.length === count && trace.links.every(({ status }) => status !== 'active') ? trace : undefined,
    );
  };
  await step('the job is a trace of its own, of the same contact, linked to the webhook’s', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.equal(response.status, 202);
    const trace = await linked(response, 1);
    const [link] = trace.links;
    assert.deepEqual([link.relation, link.status, link.message_sent], ['continued_by', 'completed', true]);
    const hints = [`🔗 The reply was sent in ${link.trace_id}`];
    expectTrace(trace, { status: 'completed', lines: ["📥 Received: 'Quiero una cita'"], hints });
    const job = await traceOf({ traceId: link.trace_id });
    const lines = ['📥 Received: continued', '🤖 Agent: follow_up', "📤 Sent: '¡Hola! ¿Sigues interesado en la cita?'"];
    expectTrace(job, { status: 'completed', lines, hints: COMPLETED });
    assert.equal(job.contact_id, 'ana');
    assert.equal(job.traceparent.split('-')[1], trace.traceparent.split('-')[1]);
  });
  await step('each attempt of a job that fails once is a trace', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'luis', message: 'Falla una vez' }));
    const trace = await linked(response, 2);
    const statuses = trace.links.map(({ status }) => status).sort();
    assert.deepEqual(statuses, ['completed', 'error']);
    const idOf = (wanted) => trace.links.find(({ status }) => status === wanted).trace_id;
    const attempts = `🔗 Attempt 2 completed in ${idOf('completed')}; attempt 1 failed in ${idOf('error')}`;
    expectTrace(trace, { status: 'completed', lines: ["📥 Received: 'Falla una vez'"], hints: [attempts] });
  });
}
