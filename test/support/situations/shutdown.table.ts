import { setTimeout as delay } from 'node:timers/promises';
import { traceEvent } from 'nestjs-trace-collector';
import type { Situation } from './situation.js';
import { WELL } from './situation.js';

const SHUT_DOWN = /^💥 Interrupted: the process was shut down/;

/** The application closes a moment after these: none of them has had its quiet time. */
export const SHUTDOWN_SITUATIONS: readonly Situation[] = [
  {
    name: 'shut down in the middle of a step',
    app: 'patient',
    act: ({ send }) => send('hung-step'),
    status: 'interrupted',
    code: 201,
    hints: [/^💥 Interrupted: the process was shut down, while llm gpt was running/, /^📭 No reply was recorded/],
  },
  {
    name: 'shut down while waiting for the quiet time',
    app: 'patient',
    act: ({ send }) => send('step'),
    status: 'interrupted',
    code: 201,
    hints: [SHUT_DOWN],
  },
  {
    name: 'shut down after a reply, before the quiet time was over',
    app: 'patient',
    act: ({ send }) => send('reply'),
    status: 'interrupted',
    code: 201,
    hints: [SHUT_DOWN],
    summary: { message_sent: true },
  },
  {
    name: 'shut down after an error',
    app: 'patient',
    act: ({ send }) => send('throws'),
    status: 'error',
    code: 500,
    hints: [/^❌ Error in SituationsController\.throws: boom/],
  },
  {
    name: 'shut down after the end of a runInTrace',
    app: 'patient',
    act: ({ id, runInTrace }) => runInTrace({ contactId: id }, () => traceEvent('tick')),
    status: 'completed',
    hints: [WELL],
    once: true,
  },
  {
    name: 'shut down in the middle of a runInTrace',
    app: 'patient',
    act: ({ id, runInTrace }) => void runInTrace({ contactId: id }, () => delay(60_000, undefined, { ref: false })),
    status: 'interrupted',
    hints: [SHUT_DOWN],
    once: true,
  },
];
