import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  bindTrace,
  currentTrace,
  runInTrace,
  Traced,
  traceCarrier,
  traceEvent,
  traceReply,
  waitUntil,
  type TraceCarrier,
} from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

/** The work of the next request after its response. */
let afterwards: () => unknown = () => undefined;

@Controller('webhook')
class LaterController {
  @Post()
  @HttpCode(202)
  receive(@Body() _body: unknown): string {
    void afterwards();
    return 'ok';
  }
}

class Work {
  @Traced({ kind: 'tool', name: 'endless' })
  endless(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Traced({ kind: 'tool', name: 'late_tool' })
  late(): string {
    return 'done';
  }
}

const work = new Work();

const WHATSAPP_MESSAGES = {
  voice: { type: 'audio', audio: { id: 'm', voice: true } },
  contacts: { type: 'contacts', contacts: [{ name: { formatted_name: 'Bea' } }] },
  button: { type: 'button', button: { text: 'Yes' } },
  reaction: { type: 'reaction', reaction: { message_id: 'wamid.9', emoji: '👍' } },
  read: { status: 'read' },
  edit: {
    type: 'edit',
    edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'Hola!' } } },
  },
};

/** A message of a person, or the receipt that the person read one of ours. */
function whatsapp(contact: string, message: object): object {
  const ids = { id: `wamid.${contact}`, timestamp: '1' };
  const value =
    'status' in message
      ? { statuses: [{ ...ids, recipient_id: contact, ...message }] }
      : { contacts: [{ wa_id: contact }], messages: [{ ...ids, from: contact, ...message }] };
  const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata: {}, ...value } }];
  return { object: 'whatsapp_business_account', entry: [{ id: 'waba', changes }] };
}

describe.each(ADAPTERS)('the life of a trace on %s', (adapter) => {
  async function withApp<T>(options: object, use: (app: RunningApp) => Promise<T>): Promise<T> {
    const app = await startApp({ adapter, controllers: [LaterController], options });
    try {
      return await use(app);
    } finally {
      await app.close();
    }
  }

  afterEach(() => (afterwards = () => undefined));

  it('ends as timeout when maxMs passes while work is open, and names the work', () =>
    withApp({ lifecycle: { maxMs: 150 } }, async (app) => {
      afterwards = () => work.endless();
      await app.post('/webhook', { contactId: 't', body: 'x' });
      const trace = await app.ended('t');
      expect(trace.status).toBe('timeout');
      expect(trace.debug_hints.join()).toContain('endless');
    }));

  it('is silent when a reply is expected and none was recorded; not when one was, nor for a status notice', () =>
    withApp({ lifecycle: { expectReply: true } }, async (app) => {
      await app.post('/webhook', { contactId: 's', body: 'anyone there?' });
      expect((await app.ended('s')).status).toBe('silent');
      afterwards = () => traceReply('yes');
      await app.post('/webhook', { contactId: 'r', body: 'anyone there?' });
      expect((await app.ended('r')).status).toBe('completed');
      afterwards = () => undefined;
      await app.post('/webhook', { contactId: 'n' });
      expect((await app.ended('n')).status).toBe('completed');
    }));

  it('is silent after a voice note or a contact card; a reaction, a read receipt and an edit need no reply', () =>
    withApp({ lifecycle: { expectReply: true } }, async (app) => {
      afterwards = () => undefined;
      const statuses = await Promise.all(
        Object.values(WHATSAPP_MESSAGES).map(async (message, at) => {
          await app.post('/webhook', whatsapp(`52155000000${at}`, message));
          return (await app.ended(`52155000000${at}`)).status;
        }),
      );
      expect(Object.fromEntries(Object.keys(WHATSAPP_MESSAGES).map((name, at) => [name, statuses[at]]))).toEqual({
        voice: 'silent',
        contacts: 'silent',
        button: 'silent',
        reaction: 'completed',
        read: 'completed',
        edit: 'completed',
      });
    }));

  it('waits for a reply that is due within a time', () =>
    withApp({ lifecycle: { expectReply: { withinMs: 400 } } }, async (app) => {
      afterwards = () => setTimeout(() => traceReply('just in time'), 200);
      await app.post('/webhook', { contactId: 'w', body: 'x' });
      const trace = await app.ended('w');
      expect(trace).toMatchObject({ status: 'completed', summary: { message_sent: true } });
      expect(trace.duration_ms).toBeGreaterThanOrEqual(195);
    }));

  it('stays open while a promise given to waitUntil is pending, and records its rejection', () =>
    withApp({ lifecycle: { quietMs: 20 } }, async (app) => {
      afterwards = () => {
        waitUntil(delay(150).then(() => traceEvent('woke')));
        waitUntil(delay(160).then(() => Promise.reject(new Error('background'))));
      };
      const listened: unknown[] = [];
      const listener = (reason: unknown) => void listened.push(reason);
      process.on('unhandledRejection', listener);
      await app.post('/webhook', { contactId: 'u', body: 'x' });
      const trace = await app.ended('u');
      process.off('unhandledRejection', listener);
      expect(trace.events.map((event: any) => event.type)).toContain('woke');
      expect(trace.status).toBe('error');
      expect(trace.errors[0].message).toBe('background');
    }));

  it('keeps work that starts after the end as late, and does not reopen', () =>
    withApp({ lifecycle: { quietMs: 20 } }, async (app) => {
      let late = (): unknown => undefined;
      afterwards = () => (late = bindTrace(() => work.late()));
      await app.post('/webhook', { contactId: 'l', body: 'x' });
      const before = await app.ended('l');
      late();
      const after = await app.debug(`/trace/${before.trace_id}`);
      expect(after).toMatchObject({
        status: 'completed',
        duration_ms: before.duration_ms,
        ended_at: before.ended_at,
      });
      expect(after.events.find((event: any) => event.name === 'late_tool')).toBeDefined();
      expect(after.debug_hints.join()).toMatch(/late/i);
    }));

  it('keeps no more events than the limit, except the reply; and counts omitted events', () =>
    withApp({ limits: { maxEventsPerTrace: 5 } }, async (app) => {
      afterwards = () => {
        for (let n = 0; n < 20; n += 1) traceEvent('n', { n });
        traceReply('still here');
      };
      await app.post('/webhook', { contactId: 'm', body: 'x' });
      const trace = await app.ended('m');
      expect(trace.events.filter((event: any) => event.type === 'n').length).toBeLessThanOrEqual(5);
      expect(trace.summary.message_sent).toBe(true);
      expect(trace.debug_hints.join()).toMatch(/1[5-9]/);
    }));

  it('opens traces for work without a webhook, and links those of a carrier', () =>
    withApp({}, async (app) => {
      let carrier: TraceCarrier | undefined;
      const result = runInTrace({ contactId: 'cron-1', message: 'nightly', type: 'cron' }, () => {
        traceEvent('tick');
        carrier = JSON.parse(JSON.stringify(traceCarrier()));
        return 42;
      });
      expect(result).toBe(42);
      const first = await app.ended('cron-1');
      expect(first).toMatchObject({ status: 'completed', webhook_message: 'nightly', webhook: { type: 'cron' } });
      const id = runInTrace(carrier!, () => currentTrace()?.traceId);
      expect(id).not.toBe(first.trace_id);
      const second = await app.ended('cron-1');
      expect(second.trace_id).toBe(id);
      expect(second.traceparent.slice(3, 35)).toBe(first.traceparent.slice(3, 35));
    }));

  it('continues a running trace through a carrier', () =>
    withApp({}, async (app) => {
      await runInTrace({ contactId: 'queue-1' }, async () => {
        const carrier = traceCarrier()!;
        await delay(1);
        runInTrace(carrier, () => traceEvent('in_job', { same: currentTrace()?.traceId === carrier.trace_id }));
      });
      const trace = await app.ended('queue-1');
      expect(trace.events.find((event: any) => event.type === 'in_job').data).toEqual({ same: true });
    }));

  it('ends running work when the application closes, and marks it as cut off', async () => {
    const first = await startApp({ adapter, controllers: [LaterController] });
    afterwards = () => work.endless();
    const response = await first.post('/webhook', { contactId: 'z', body: 'x' });
    await first.app.close();
    const second = await startApp({ adapter, dir: first.dir });
    const trace = await second.debug(`/trace/${response.headers.get('x-trace-id')}`);
    expect(trace.status).toBe('interrupted');
    await second.close();
    await first.close();
  });
});
