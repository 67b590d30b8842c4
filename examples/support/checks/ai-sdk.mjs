import assert from 'node:assert/strict';
import { COMPLETED, eventsOf, expectTrace, linesOf } from '../expect-trace.mjs';

export const env = { OPENAI_API_KEY: 'sk-fake-0123456789abcdefghijklmnop' };

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: 'Una cita el lunes' }),
});

export async function run({ step, send, traceOf, webhooks }) {
  await step('agent, model calls and tool are in the trace without a decorator', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.deepEqual(JSON.parse(response.text), { reply: '¡Perfecto! Tengo estos horarios: 10:00, 16:00' });
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Una cita el lunes'",
      '🤖 Agent: sofia',
      '💬 LLM: gpt-5-mini (100→12 tokens, $0.000049)',
      '🔧 Tool: find_slots',
      '💬 LLM: gpt-5-mini (140→20 tokens, $0.000075)',
      "📤 Sent: '¡Perfecto! Tengo estos horarios: 10:00, 16:00'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const [tool] = eventsOf(trace, 'tool');
    assert.deepEqual([tool.name, tool.data.output], ['find_slots', { day: 'lunes', slots: ['10:00', '16:00'] }]);
  });
  await step('a refusal by the provider fails the trace', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'luis', message: '¿Queda saldo?' }));
    assert.equal(response.status, 500);
    const trace = await traceOf(response);
    assert.equal(trace.status, 'error');
    const refused =
      '🌐 HTTP: POST api.openai.com/v1/responses → 429 (insufficient_quota You exceeded your current quota)';
    assert.deepEqual(
      linesOf(trace).filter((line) => line.startsWith('🌐')),
      [refused, refused, refused],
    );
    assert.ok(trace.debug_hints.includes('🔁 api.openai.com answered 429 three times'), trace.debug_hints.join('\n'));
    assert.equal(trace.errors[0].type, 'AI_RetryError');
  });
}
