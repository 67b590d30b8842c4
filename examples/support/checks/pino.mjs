import assert from 'node:assert/strict';
import { COMPLETED, eventsOf, expectTrace } from '../expect-trace.mjs';

export const sample = ({ generic }) => ({
  path: '/webhook',
  request: generic({ contactId: 'ana', message: 'Una pregunta bastante larga' }),
});

export async function run({ step, send, traceOf, output, webhooks }) {
  await step('log lines are in the trace, and the trace’s id is in the log lines', async () => {
    const { path, request } = sample(webhooks);
    const trace = await traceOf(await send(path, request));
    const lines = [
      "📥 Received: 'Una pregunta bastante larga'",
      '📝 warn long message',
      "📤 Sent: 'Recibí: Una pregunta bastante larga'",
    ];
    expectTrace(trace, { status: 'completed', lines, hints: COMPLETED });
    const logs = eventsOf(trace, 'log').map(({ data }) => [data.level, data.message]);
    assert.deepEqual(logs, [
      ['info', 'message received'],
      ['warn', 'long message'],
    ]);
    const logged = output()
      .split('\n')
      .filter((line) => line.includes('"long message"'));
    assert.deepEqual(
      logged.map((line) => JSON.parse(line).trace_id),
      [trace.trace_id],
    );
  });
  await step('an error that was only logged is a hint', async () => {
    const trace = await traceOf(await send('/webhook', webhooks.generic({ contactId: 'eva', message: 'crm' })));
    const lines = [
      "📥 Received: 'crm'",
      '📝 error the CRM could not be reached',
      "📤 Sent: 'Te respondo en un momento'",
    ];
    const hints = ['📝 An error was logged: Error: the CRM could not be reached: connect ECONNREFUSED crm.example:443'];
    expectTrace(trace, { status: 'completed', lines, hints });
  });
}
