import { run } from '../../support/run.js';
import type { Consumer } from './support/consumer.js';
import { PLATFORMS, start, type Running } from './support/running.js';

const types = (trace: any): string[] => trace.events.map((event: any) => event.type);
const spans = (trace: any): string[] => trace.events.filter((e: any) => e.span_id && e.name).map((e: any) => e.name);

/** Messages, jobs and events: everything that reaches an application other than over HTTP. */
export function messagesSuite(consumer: () => Consumer): void {
  describe.each(PLATFORMS)('a hybrid application on %s', (platform) => {
    let app: Running;

    beforeAll(async () => {
      app = await start(consumer(), 'hybrid.app', { PLATFORM: platform });
    }, 60_000);
    afterAll(() => app?.stop());

    const rpc = async (pattern: unknown, data: unknown, to?: string): Promise<any> =>
      (await app.post('/drive/rpc', { pattern, data, to })).json();
    const ws = async (event: string, data: unknown, answers = 1): Promise<any> =>
      (await app.post('/drive/ws', { event, data, answers })).json();
    const count = async (): Promise<number> => (await app.debug('/health')).total_traces;

    describe.each(['inheriting', 'plain'])('over a microservice (%s the application’s configuration)', (to) => {
      it('traces a message by the dialects, and answers it', async () => {
        const contactId = `c-rpc-${to}`;
        const [answer] = await rpc({ cmd: 'score' }, { contactId, body: 'hola' }, to);
        const trace = await app.ended(answer.trace);
        expect(trace).toMatchObject({
          contact_id: contactId,
          status: 'completed',
          webhook_message: 'hola',
          webhook: { method: 'RPC', path: '{"cmd":"score"}', status_code: null },
          summary: { routing_path: ['supervisor → sofia'], message_sent: true, response_preview: '¡Hola!' },
        });
        // Once, also where both the global interceptor and the handler's own exist.
        expect((await app.debug(`/traces?contact_id=${contactId}`)).count).toBe(1);
      });

      it('keeps the context in an Observable, to its end', async () => {
        const contactId = `c-count-${to}`;
        const answers = await rpc('count', { contactId }, to);
        expect(answers).toEqual([1, 2, 3].map((n) => ({ n, contact: contactId })));
        expect(types(await app.endedOf(contactId)).filter((type) => type === 'counted')).toHaveLength(3);
      });

      it('records an exception of the handler, and passes it on', async () => {
        const contactId = `c-fail-${to}`;
        const { failed } = await rpc('failing', { contactId }, to);
        expect(failed).toMatchObject({ message: 'The CRM said no' });
        const trace = await app.endedOf(contactId);
        expect(trace).toMatchObject({ status: 'error', errors: [{ location: 'LeadsController.failing' }] });
        expect(trace.errors[0].message).toContain('The CRM said no');
      });

      it.each([
        ['guarded', 'false', 'LeadGuard refused the message'],
        ['guarded', 'throw', 'Unknown lead'],
        ['guarded', 'promise', 'LeadGuard refused the message'],
        ['guarded', 'observable', 'LeadGuard refused the message'],
        ['guarded-per-message', 'false', 'RequestGuard refused the message'],
        ['guarded-otherwise', undefined, 'OppositeGuard refused the message'],
      ])('records a refusal by a guard (%s, %s)', async (pattern, deny, message) => {
        const contactId = `c-${pattern}-${deny}-${to}`;
        const { failed } = await rpc(pattern, { contactId, body: 'hola', deny }, to);
        expect(failed).toMatchObject({ message: deny === 'throw' ? message : 'Forbidden resource' });
        const trace = await app.endedOf(contactId);
        expect(trace).toMatchObject({
          status: 'error',
          webhook_message: 'hola',
          webhook: { method: 'RPC', path: pattern },
          errors: [{ location: `RPC ${pattern}` }],
        });
        expect(trace.errors[0].message).toContain(message);
        expect(types(trace)).toEqual(['webhook_received', 'message_rejected', 'error']);
        expect((await app.debug(`/traces?contact_id=${contactId}`)).count).toBe(1);
      });

      it.each([
        ['guarded', undefined],
        ['guarded-per-message', undefined],
        ['guarded-otherwise', 'promise'],
      ])('records no refusal by a guard that accepts a message (%s)', async (pattern, deny) => {
        const contactId = `c-in-${pattern}-${to}`;
        expect(await rpc(pattern, { contactId, deny }, to)).toEqual(['let in']);
        expect(await app.endedOf(contactId)).toMatchObject({ status: 'completed', errors: [] });
        expect((await app.debug(`/traces?contact_id=${contactId}`)).count).toBe(1);
      });

      it('traces no refusal of a handler without the decorator', async () => {
        const before = await count();
        const { failed } = await rpc('guarded-untraced', { contactId: 'c-x', deny: 'false' }, to);
        expect(failed).toMatchObject({ message: 'Forbidden resource' });
        expect(await count()).toBe(before);
      });

      it('traces no message of a handler without the decorator', async () => {
        const before = await count();
        expect(await rpc('plain', { contactId: 'c-x' }, to)).toEqual([{ trace: null }]);
        expect(await rpc('never', { contactId: 'c-x' }, to)).toEqual([{ trace: null }]);
        expect(await count()).toBe(before);
      });
    });

    it('calls the decorator’s own functions with the data of an event', async () => {
      await app.post('/drive/event', { pattern: 'lead.created', data: { leadId: 'c-event', text: 'a new lead' } });
      const trace = await app.endedOf('c-event');
      expect(trace).toMatchObject({ webhook_message: 'a new lead', webhook: { type: 'crm', path: 'lead.created' } });
      expect(types(trace)).toContain('lead_created');
    });

    it('records a refusal by a pipe', async () => {
      await rpc('piped', { contactId: 'c-piped', age: 'old' });
      expect(await app.endedOf('c-piped')).toMatchObject({
        status: 'error',
        errors: [{ type: 'BadRequestException' }],
      });
    });

    it('keeps one trace for a message that an interceptor retries', async () => {
      expect(await rpc('retried', { contactId: 'c-retried' })).toEqual(['at last']);
      expect(types(await app.endedOf('c-retried')).filter((type) => type === 'tried')).toHaveLength(2);
      expect((await app.debug('/traces?contact_id=c-retried')).count).toBe(1);
    });

    it('traces a message of a WebSocket', async () => {
      expect(await ws('chat', { contactId: 'c-ws', body: 'hola' })).toEqual([{ event: 'chat', data: 'c-ws' }]);
      expect(await app.endedOf('c-ws')).toMatchObject({
        status: 'completed',
        webhook_message: 'hola',
        webhook: { method: 'WS', path: 'chat' },
        summary: { message_sent: true },
      });
      const answers = await ws('count', { who: 'c-ws-2' }, 2);
      expect(answers).toEqual([1, 2].map(() => ({ event: 'count', data: 'c-ws-2' })));
      expect(types(await app.endedOf('c-ws-2')).filter((type) => type === 'counted')).toHaveLength(2);
    });

    it('records an exception of a gateway, and leaves plain handlers untraced', async () => {
      // Nest 11 sends a plain WebSocket no error.
      await ws('failing', { contactId: 'c-ws-fail' }, 0);
      expect(await app.endedOf('c-ws-fail')).toMatchObject({
        status: 'error',
        errors: [{ location: 'LeadsGateway.failing', message: 'Not today' }],
      });
      const before = await count();
      expect(await ws('plain', {})).toEqual([{ event: 'plain', data: null }]);
      expect(await count()).toBe(before);
    });

    it('records a refusal by a guard of a gateway', async () => {
      await ws('guarded', { contactId: 'c-ws-denied', deny: 'throw' }, 0);
      expect(await app.endedOf('c-ws-denied')).toMatchObject({
        status: 'error',
        webhook: { method: 'WS', path: 'guarded' },
        errors: [{ location: 'WS guarded', message: 'Unknown lead' }],
      });
      expect(await ws('guarded', { contactId: 'c-ws-in' })).toEqual([{ event: 'guarded', data: 'let in' }]);
      expect(await app.endedOf('c-ws-in')).toMatchObject({ status: 'completed' });
    });

    it('traces a cron job in a separate trace', async () => {
      await app.post('/drive/job/nightly', {});
      const trace = await app.endedOf('c-cron');
      expect(trace).toMatchObject({ status: 'completed', webhook: { type: 'cron' } });
      expect(spans(trace)).toEqual(['remind']);
    });

    it.each(['nightly', 'weekly'])('has a span for a @Traced @Cron method, in either order (%s)', async (name) => {
      await app.post(`/drive/job/${name}?contact=c-${name}`, {});
      expect(spans(await app.endedOf(`c-${name}`))).toContain(`Jobs.${name}`);
    });

    it('runs listeners of an event in the trace that emitted it, and in none without', async () => {
      await app.post('/webhook/emit', { contactId: 'c-emit', body: 'x' });
      expect(spans(await app.endedOf('c-emit')).toSorted()).toEqual(['async_listener', 'sync_listener']);
      const before = await count();
      await app.post('/drive/emit', {});
      const heard: any = await (await fetch(`${app.url}/drive/heard`)).json();
      expect(heard.slice(0, 3)).toEqual(['c-emit', 'c-emit', null]);
      expect(await count()).toBe(before);
    });

    it('records no internal failure', async () => {
      expect(await app.debug('/health')).toMatchObject({ status: 'ok', self_errors: 0 });
      expect(app.output()).not.toMatch(/TraceModule|TraceCollector|warn/i);
    });
  });

  it('a microservice without HTTP is traced as well', async () => {
    const { code, stdout, stderr } = await run(process.execPath, [consumer().program('microservice.app')], {
      env: { NODE_ENV: 'test', TRACE_DIR: consumer().scratch('micro') },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { contact_id: 'c-micro', status: 'completed', summary: { message_sent: true } },
      { contact_id: 'c-micro', status: 'error', errors: [{ message: 'StrangersGuard refused the message' }] },
    ]);
  });
}
