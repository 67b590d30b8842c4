import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const env = { REMINDERS_CRON: '* * * * * *' };

export async function run({ step, until, traceOf }) {
  const traceFor = async (contact) => {
    const found = ({ traces }) => traces.find(({ contact_id }) => contact_id === contact);
    return traceOf({ traceId: (await until('traces', found)).trace_id });
  };
  await step('a reminder is a trace', async () => {
    const lines = ['📥 Received: reminder', '🤖 Agent: reminder', "📤 Sent: 'Te esperamos hoy a las 10:00'"];
    expectTrace(await traceFor('ana'), { status: 'completed', lines, hints: COMPLETED });
  });
  await step('a reminder that fails is a failed trace, and the others run', async () => {
    const lines = ['📥 Received: reminder', '🤖 Agent: reminder', '❌ ERROR: reminder: luis has no telephone number'];
    const hints = ['❌ Error in reminder: luis has no telephone number'];
    expectTrace(await traceFor('luis'), { status: 'error', lines, hints });
  });
}
