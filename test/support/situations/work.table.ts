import { setTimeout as delay } from 'node:timers/promises';
import { traceCarrier, type TraceCarrier, traceEvent, traceReply, waitUntil } from 'nestjs-trace-collector';
import { MAX_MS, NOTHING_TRACED, REPLIED, type Situation, type Stage, WELL } from './situation.js';

const row = (given: Omit<Situation, 'app' | 'once'> & { app?: Situation['app'] }): Situation => ({
  app: 'plain',
  once: true,
  ...given,
});

const start = ({ id }: Stage) => ({ contactId: id, message: 'nightly', type: 'cron' });

/** A trace of another contact, which has ended: the traces of its carrier are linked with it. */
function carrierOf(stage: Stage): TraceCarrier {
  const carrier = stage.runInTrace({ contactId: `origin-of-${stage.id}` }, () => traceCarrier()!);
  return {
    ...(JSON.parse(JSON.stringify(carrier)) as TraceCarrier),
    contact_id: stage.id,
    trace_id: `gone_${stage.id}`,
  };
}

const ask = (pattern: string) => (stage: Stage) =>
  stage.transport.request(pattern, { contactId: stage.id, body: 'hola' }).catch(() => undefined);

/** `runInTrace` (cron, queues, tests), and messages of a microservice's transport. */
export const WORK_SITUATIONS: readonly Situation[] = [
  row({
    name: 'runInTrace',
    act: (s) => s.runInTrace(start(s), () => traceEvent('tick')),
    status: 'completed',
    hints: [WELL],
  }),
  row({
    name: 'runInTrace without a record',
    act: (s) => s.runInTrace(start(s), () => delay(40)),
    status: 'completed',
    hints: [NOTHING_TRACED],
    atLeastMs: 39,
  }),
  row({
    name: 'runInTrace replies',
    act: (s) => s.runInTrace(start(s), () => traceReply('buenas noches')),
    status: 'completed',
    hints: [WELL],
    summary: REPLIED,
  }),
  row({
    name: 'runInTrace throws',
    act: (s) => {
      try {
        s.runInTrace(start(s), () => {
          throw new Error('no luck');
        });
      } catch {
        /* The application's own. */
      }
    },
    status: 'error',
    hints: [/^❌ Error in runInTrace: no luck/],
  }),
  row({
    name: 'runInTrace rejects',
    act: (s) => s.runInTrace(start(s), () => Promise.reject(new Error('no luck'))).catch(() => undefined),
    status: 'error',
    hints: [/^❌ Error in runInTrace: no luck/],
  }),
  row({
    name: 'runInTrace and waitUntil',
    act: (s) =>
      s.runInTrace(start(s), () => {
        traceEvent('tick');
        waitUntil(delay(80));
      }),
    status: 'completed',
    hints: [WELL],
    atLeastMs: 79,
  }),
  row({
    name: 'a job with the carrier of a trace that is gone',
    act: (s) => s.runInTrace(carrierOf(s), () => traceEvent('job')),
    status: 'completed',
    hints: [WELL],
  }),
  row({
    name: 'a job that fails',
    act: (s) => s.runInTrace(carrierOf(s), () => Promise.reject(new Error('job failed'))).catch(() => undefined),
    status: 'error',
    hints: [/^❌ Error in runInTrace: job failed/],
  }),
  row({
    name: 'a job of a running trace',
    act: (s) =>
      s.runInTrace(start(s), async () => {
        const carrier = traceCarrier()!;
        await delay(30);
        s.runInTrace(carrier, () => traceEvent('job'));
      }),
    status: 'completed',
    hints: [WELL],
    atLeastMs: 29,
  }),
  row({
    name: 'a job that hangs',
    app: 'deadlines',
    act: (s) => void s.runInTrace(start(s), () => new Promise(() => undefined)),
    status: 'timeout',
    hints: [/^⏰ Timed out/],
    exactMs: MAX_MS,
  }),
  row({ name: 'a message of a transport', act: ask('lead.step'), status: 'completed', hints: [WELL] }),
  row({
    name: 'a message whose handler records nothing',
    act: ask('lead.nothing'),
    status: 'completed',
    hints: [NOTHING_TRACED],
  }),
  row({
    name: 'a message whose handler replies',
    act: ask('lead.reply'),
    status: 'completed',
    hints: [WELL],
    summary: REPLIED,
  }),
  row({
    name: 'a message whose handler throws',
    act: ask('lead.throws'),
    status: 'error',
    hints: [/^❌ RpcException in MessagesController\.throws: no lead/],
  }),
  row({ name: 'a message that a guard refuses', act: ask('lead.denied'), status: 'error', hints: [/MessageGuard/] }),
  row({
    name: 'a message answered with a stream',
    act: ask('lead.stream'),
    status: 'completed',
    hints: [WELL],
    atLeastMs: 20,
  }),
  row({
    name: 'a message whose stream fails',
    act: ask('lead.stream-fails'),
    status: 'error',
    hints: [/^❌ Error in MessagesController\.streamFails: feed broke/],
  }),
  row({
    name: 'a message that hangs',
    app: 'deadlines',
    act: (s) => void ask('lead.hangs')(s),
    status: 'timeout',
    hints: [/^⏰ Timed out/],
    exactMs: MAX_MS,
  }),
];
