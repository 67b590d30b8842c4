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
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Quiero una cita'",
      '🤖 Agent: supervisor',
      // The model has no price, so its cost is unknown and not shown as 0.
      '💬 LLM: ScriptedModel (24→2 tokens)',
      '🤖 Agent: sofia',
      '🔧 Tool: check_calendar',
      "📤 Sent: '¡Perfecto! Tengo estos horarios: 10:00, 16:00'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
  });
  await step('a tool that fails is the error, at its step', async () => {
    const response = await send('/webhook', webhooks.generic({ contactId: 'eva', message: 'Una cita el domingo' }));
    assert.equal(response.status, 500);
    const trace = await traceOf(response);
    const lines = [
      "📥 Received: 'Una cita el domingo'",
      '🤖 Agent: supervisor',
      '💬 LLM: ScriptedModel (24→2 tokens)',
      '🤖 Agent: sofia',
      '🔧 Tool: check_calendar',
      '❌ ERROR: check_calendar: The calendar is closed on domingo',
      '📝 error [ExceptionsHandler] The calendar is closed on domingo',
      '❌ Failed: HTTP 500 after N ms',
    ];
    const hints = ['❌ Error in check_calendar: The calendar is closed on domingo'];
    expectTrace(trace, { status: 'error', lines, hints });
  });
}
