import assert from 'node:assert/strict';
import { COMPLETED, expectTrace } from '../expect-trace.mjs';

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
    const lines = [
      "📥 Received: 'Una cita el lunes'",
      '🤖 Agent: booking',
      '💬 LLM: claude-sonnet-4-5 (120→30 tokens, $0.00081)',
      '🔧 Tool: find_slots',
      '💬 LLM: claude-sonnet-4-5 (180→24 tokens, $0.0009)',
      "📤 Sent: 'Tengo estos horarios: 10:00, 16:00'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const { calls, input_tokens, output_tokens } = trace.summary.llm;
    assert.deepEqual([calls, input_tokens, output_tokens], [2, 300, 54], JSON.stringify(trace.summary.llm));
    assert.ok(!JSON.stringify(trace).includes(env.ANTHROPIC_API_KEY), 'the key is in the trace');
  });
  await step('a tool that fails is an error at its step, although the conversation goes on', async () => {
    const request = webhooks.generic({ contactId: 'eva', message: 'Cita el domingo' });
    const lines = [
      "📥 Received: 'Cita el domingo'",
      '🤖 Agent: booking',
      '💬 LLM: claude-sonnet-4-5 (120→30 tokens, $0.00081)',
      '🔧 Tool: find_slots',
      '❌ ERROR: find_slots: The calendar has no domingo',
      '💬 LLM: claude-sonnet-4-5 (180→24 tokens, $0.0009)',
      "📤 Sent: 'Ese día no hay citas.'",
    ];
    const hints = ['❌ Error in find_slots: The calendar has no domingo (caught in booking)'];
    expectTrace(await traceOf(await send('/webhook', request)), { status: 'error', lines, hints });
  });
  await step('a model that asks for tools without end fails the trace', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'luis', message: 'Cita en bucle' }));
    assert.equal(response.status, 500);
    const trace = await traceOf(response);
    const round = ['💬 LLM: claude-sonnet-4-5 (120→30 tokens, $0.00081)', '🔧 Tool: find_slots'];
    const lines = [
      "📥 Received: 'Cita en bucle'",
      '🤖 Agent: booking',
      ...Array.from({ length: 4 }, () => round).flat(),
      '❌ ERROR: booking: The model asked for tools in 4 rounds',
      '📝 error [ExceptionsHandler] The model asked for tools in 4 rounds',
      '❌ Failed: HTTP 500 after N ms',
    ];
    const hints = [
      '❌ Error in booking: The model asked for tools in 4 rounds',
      '♻️ The same call was made 4 times: tool find_slots, with the same input',
    ];
    expectTrace(trace, { status: 'error', lines, hints });
  });
}
