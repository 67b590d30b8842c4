import assert from 'node:assert/strict';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: 'Quiero una cita' }),
});

export async function run({ step, send, traceOf, webhooks }) {
  await step('nodes, model call and tool of the graph are in the trace', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.deepEqual(JSON.parse(response.text), { reply: '¡Perfecto! Tengo estos horarios: 10:00, 16:00' });
    expectTrace(await traceOf(response), { status: 'completed', lines: [], hints: COMPLETED });
  });
  await step('a tool that fails is the error, at its step', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'eva', message: 'Una cita el domingo' }));
    assert.equal(response.status, 500);
    const trace = await traceOf(response);
    expectTrace(trace, { status: 'error', lines: [], hints: [] });
  });
}
