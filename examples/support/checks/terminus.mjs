import assert from 'node:assert/strict';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const sample = ({ generic }) => ({ path: '/webhook', request: generic({ contactId: 'ana', message: 'Hola' }) });

export async function run({ step, send, ask, traceOf, webhooks }) {
  await step('both checks answer what health says, and are no traces', async () => {
    const { status, reasons } = await ask('health');
    for (const path of ['/health/live', '/health/recorder']) {
      const answer = await send(path, { method: 'GET' });
      assert.equal(answer.traceId, null);
      const isUp = status === 'ok' || path === '/health/live';
      assert.equal(answer.status, isUp ? 200 : 503, answer.text);
      const { traces } = JSON.parse(answer.text).details;
      assert.deepEqual(traces, { status: isUp ? 'up' : 'down', collector: status, reasons: reasons.length });
    }
  });
  await step('webhooks are traces as usual', async () => {
    const { path, request } = sample(webhooks);
    const lines = ["📥 Received: 'Hola'", "📤 Sent: 'Recibí: Hola'"];
    expectTrace(await traceOf(await send(path, request)), { status: 'completed', lines, hints: COMPLETED });
  });
}
