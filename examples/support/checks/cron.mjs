import { COMPLETED, expectTrace } from '../expect-trace.mjs';

export const env = { REMINDERS_CRON: '* * * * * *' };

export async function run({ step, until, traceOf }) {
  const traceFor = async (contact) => {
    const found = ({ traces }) => traces.find(({ contact_id }) => contact_id === contact);
    return traceOf({ traceId: (await until('traces', found)).trace_id });
  };
  await step('a reminder is a trace', async () => {
    expectTrace(await traceFor('ana'), { status: 'completed', lines: [], hints: COMPLETED });
  });
  await step('a reminder that fails is a failed trace, and the others run', async () => {
    expectTrace(await traceFor('luis'), { status: 'error', lines: [], hints: [] });
  });
}
