import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { traceReply } from 'nestjs-trace-collector';
import { FakeMessagingApi } from './support/fakes/messaging-api.js';
import { type RunningApp, startApp } from './support/nest-app.js';

/** What a webhook's handler does before it answers. */
let work: () => Promise<void> = async () => undefined;

@Controller()
class SalesController {
  @Post('webhook')
  @HttpCode(200)
  async receive(@Body() _body: unknown): Promise<{ ok: true }> {
    await work();
    return { ok: true };
  }
}

const REFUSED = {
  status: 400,
  body: { error: { message: '(#131047) Re-engagement message', code: 131047 } },
};

describe('replies that go out by a call', () => {
  let api: FakeMessagingApi;
  let app: RunningApp;
  let contacts = 0;

  beforeAll(async () => {
    api = await FakeMessagingApi.start();
    app = await startApp({
      controllers: [SalesController],
      options: { lifecycle: { quietMs: 50, expectReply: true } },
    });
  });
  afterAll(async () => {
    await app.close();
    await api.close();
  });

  /** Sends a webhook whose handler does this, and returns its ended trace. */
  async function traceOf(handler: () => Promise<void>): Promise<any> {
    work = handler;
    const contactId = `lead-${(contacts += 1)}`;
    await app.post('/webhook', { contactId, body: 'Hola' });
    return app.ended(contactId);
  }

  const whatsapp = async (text: string): Promise<string | undefined> => {
    const response = await fetch(api.url('/v21.0/1055/messages'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: '34600', type: 'text', text: { body: text } }),
    });
    const { messages } = (await response.json()) as { messages?: { id: string }[] };
    return messages?.[0]!.id;
  };

  const events = (trace: any, type: string): any[] => trace.events.filter((event: any) => event.type === type);
  const sentLines = (trace: any): string[] => trace.timeline.filter((line: string) => line.includes('📤'));

  it('with no code but the call: text, channel, id; the trace is answered', async () => {
    let id: string | undefined;
    const trace = await traceOf(async () => void (id = await whatsapp('¡Perfecto!')));
    expect(events(trace, 'message_sent').map(({ data }) => data)).toEqual([
      { message: '¡Perfecto!', channel: 'whatsapp', message_id: id, to: '34600', provider: 'meta', via: 'http' },
    ]);
    expect(trace).toMatchObject({
      status: 'completed',
      summary: { message_sent: true, response_preview: '¡Perfecto!' },
    });
    // The event is inside the span of the call.
    const [call] = events(trace, 'http');
    expect(events(trace, 'message_sent')[0].span_id).toBe(call.span_id);
  });

  it.each<[string, () => Promise<void>]>([
    [
      'the call first',
      async () => {
        const messageId = await whatsapp('¡Perfecto!');
        traceReply('¡Perfecto!', { channel: 'whatsapp', messageId });
      },
    ],
    [
      'the code first',
      async () => {
        traceReply('¡Perfecto!');
        await whatsapp('¡Perfecto!');
      },
    ],
  ])('the code and the call are one reply: %s', async (_what, handler) => {
    const trace = await traceOf(handler);
    expect(events(trace, 'message_sent')).toHaveLength(2);
    expect(events(trace, 'message_sent').filter(({ again }) => again)).toHaveLength(1);
    expect(sentLines(trace)).toHaveLength(1);
    const { contact_id } = trace;
    const { turns } = await app.debug(`/contacts/${contact_id}/conversation`);
    expect(turns[0].replies).toEqual([expect.objectContaining({ text: '¡Perfecto!', channel: 'whatsapp' })]);
  });

  it('two calls with one text are two replies', async () => {
    const trace = await traceOf(async () => {
      await whatsapp('Hola');
      await whatsapp('Hola');
    });
    expect(sentLines(trace)).toHaveLength(2);
  });

  it('a later failure notice finds the trace by the id that only the call saw', async () => {
    let id: string | undefined;
    const first = await traceOf(async () => {
      id = await whatsapp('¡Perfecto!');
      traceReply('¡Perfecto!');
    });
    work = async () => undefined;
    const status = {
      id,
      status: 'failed',
      timestamp: '1700000000',
      recipient_id: first.contact_id,
      errors: [{ code: 131047 }],
    };
    const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: '1' }, statuses: [status] };
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] };
    await app.post('/webhook', body);
    const notice = await app.ended(first.contact_id);
    expect(JSON.stringify(notice.debug_hints)).toContain(first.trace_id);
  });

  it('a refused one is no reply: the trace is silent, with the provider’s reason', async () => {
    api.answer(REFUSED);
    const trace = await traceOf(async () => void (await whatsapp('¡Perfecto!')));
    expect(events(trace, 'message_failed').map(({ data }) => data)).toEqual([
      {
        message: '¡Perfecto!',
        channel: 'whatsapp',
        to: '34600',
        provider: 'meta',
        status: 400,
        code: '131047',
        reason: 'Re-engagement message',
        via: 'http',
      },
    ]);
    expect(trace.status).toBe('silent');
    expect(trace.summary.message_sent).toBe(false);
    expect(trace.debug_hints.join('\n')).toContain('meta 400 131047 Re-engagement message');
  });

  it('a refused one that the code records as sent: both are said', async () => {
    api.answer(REFUSED);
    const trace = await traceOf(async () => {
      await whatsapp('¡Perfecto!');
      traceReply('¡Perfecto!');
    });
    expect(trace.status).toBe('completed');
    expect(trace.summary.message_sent).toBe(true);
    expect(events(trace, 'message_failed')).toHaveLength(1);
    expect(trace.debug_hints.join('\n')).toContain('131047');
  });

  it('a refusal with status 200, and an attempt that is accepted then', async () => {
    const telegram = (): Promise<Response> =>
      fetch(api.url('/bot123:AAtoken/sendMessage'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ chat_id: 5, text: 'Hola' }),
      });
    api.answer({ body: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 1' } });
    const trace = await traceOf(async () => {
      await (await telegram()).text();
      await (await telegram()).text();
    });
    expect(events(trace, 'message_failed').map(({ data }) => data.code)).toEqual(['429']);
    expect(events(trace, 'message_sent').map(({ data }) => data.channel)).toEqual(['telegram']);
    expect(trace.status).toBe('completed');
    expect(JSON.stringify(trace)).not.toContain('AAtoken');
  });

  it('a bot that edits its message while the model writes sends one reply', async () => {
    const call = async (method: string, fields: object): Promise<void> => {
      const response = await fetch(api.url(`/bot123:AAtoken/${method}`), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ chat_id: 5, ...fields }),
      });
      await response.text();
    };
    api.answer(...Array.from({ length: 3 }, () => ({ body: { ok: true, result: { message_id: 77 } } })));
    const trace = await traceOf(async () => {
      await call('sendMessage', { text: '…' });
      await call('editMessageText', { message_id: 77, text: '¡Perf' });
      await call('editMessageText', { message_id: 77, text: '¡Perfecto!' });
      traceReply('¡Perfecto!');
    });
    expect(sentLines(trace)).toHaveLength(1);
    expect(trace.summary.response_preview).toBe('¡Perfecto!');
  });

  it('a form, a mail, and a call that sends nothing to a person', async () => {
    const trace = await traceOf(async () => {
      const twilio = api.url('/2010-04-01/Accounts/AC1/Messages.json');
      await fetch(twilio, { method: 'POST', body: new URLSearchParams({ To: 'whatsapp:+34600', Body: 'Hola' }) });
      await fetch(api.url('/v3/mail/send'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject: 'Tu cita', personalizations: [{ to: [{ email: 'a@x.example' }] }] }),
      });
      await fetch(api.url('/v21.0/1055/messages'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.0' }),
      });
    });
    expect(events(trace, 'message_sent').map(({ data }) => [data.provider, data.channel, data.message])).toEqual([
      ['twilio', 'whatsapp', 'Hola'],
      ['sendgrid', 'email', 'Tu cita'],
    ]);
  });
});
