import assert from 'node:assert/strict';
import { COMPLETED, eventsOf, expectTrace } from '../expect-trace.mjs';

export const env = { ANTHROPIC_API_KEY: 'sk-ant-fake-0123456789abcdefghijklmnop' };

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: 'Una cita el lunes' }),
});

export async function run({ step, send, traceOf, webhooks }) {
  await step('the model asks for a tool, the tool runs, the model answers', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.deepEqual(JSON.parse(response.text), { reply: 'Tengo estos horarios: 10:00, 16:00' });
    const trace = await traceOf(response);
    const lines = [];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    assert.deepEqual([trace.summary.llm.calls, trace.summary.llm.tokens], [2, 0]);
    assert.ok(!JSON.stringify(trace).includes(env.ANTHROPIC_API_KEY), 'the key is in the trace');
  });
  await step('a tool that fails is an error at its step, although the conversation goes on', async () => {
    const trace = await traceOf(await send('/webhook', webhooks.generic({ contactId: 'eva', message: 'Cita el domingo' })));
    expectTrace(trace, { status: 'error', lines: [], hints: [] });
  });
  await step('a model that asks for tools without end fails the trace', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'luis', message: 'Cita en bucle' }));
    assert.equal(response.status, 500);
    const trace = await traceOf(response);
    assert.equal(eventsOf(trace, 'llm').length, 4);
    expectTrace(trace, { status: 'error', lines: [], hints: [] });
  });
}
