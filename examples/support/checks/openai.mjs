import assert from 'node:assert/strict';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const env = { OPENAI_API_KEY: 'sk-fake-0123456789abcdefghijklmnop' };

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: '¿Cuándo abren?' }),
});

export async function run({ step, send, traceOf, fakes, webhooks }) {
  await step('a streamed answer is in the trace with tokens, cost and the reply', async () => {
    const { path, request } = sample(webhooks);
    const response = await send(path, request);
    assert.deepEqual([response.status, JSON.parse(response.text)], [201, { reply: 'Abrimos a las 10:00.' }]);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: '¿Cuándo abren?'",
      '🤖 Agent: assistant',
      '💬 LLM: gpt-5-mini (812→64 tokens, $0.00022)',
      "📤 Sent: 'Abrimos a las 10:00.'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const { calls, input_tokens, output_tokens } = trace.summary.llm;
    assert.deepEqual([calls, input_tokens, output_tokens], [1, 812, 64], JSON.stringify(trace.summary.llm));
    assert.ok(!JSON.stringify(trace).includes(env.OPENAI_API_KEY), 'the key is in the trace');
  });
  await step('a refusal by the provider fails the trace, which says why and how often it was tried', async () => {
    const before = fakes.calls.length;
    const response = await send('/webhook', webhooks.generic({ contactId: 'luis', message: '¿Queda saldo?' }));
    assert.equal(response.status, 500);
    assert.equal(fakes.calls.length - before, 2);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: '¿Queda saldo?'",
      '🤖 Agent: assistant',
      '💬 LLM: gpt-5-mini → 429 (insufficient_quota You exceeded your current quota)',
      '💬 LLM: gpt-5-mini → 429 (insufficient_quota You exceeded your current quota)',
      '❌ ERROR: assistant: 429 You exceeded your current quota; insufficient_quota',
      '📝 error [ExceptionsHandler] 429 You exceeded your current quota',
      '❌ Failed: HTTP 500 after N ms',
    ];
    const hints = [
      '❌ RateLimitError in assistant: 429 You exceeded your current quota; insufficient_quota',
      '🔁 api.openai.com answered 429 twice',
    ];
    expectTrace(trace, { status: 'error', lines, hints });
  });
}
