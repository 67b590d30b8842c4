import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';
import { HooksController, WebhookController } from './support/webhook.controller.js';

const types = (trace: any): string[] => trace.events.map((event: any) => event.type);
const contactsIn = (trace: any): Set<string> =>
  new Set(trace.events.filter((e: any) => e.type === 'step').map((e: any) => e.data.contact));

describe.each(ADAPTERS)('capture on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [WebhookController, HooksController] });
  });
  afterAll(() => app.close());

  it('answers at once, continues in the same trace, and counts the duration of the work', async () => {
    let open = (): void => undefined;
    WebhookController.gate = new Promise((resolve) => (open = resolve));
    const live = await app.stream('?contact_id=early-1');
    const response = await app.post('/webhook', { contactId: 'early-1', body: 'Quiero agendar una cita' });
    expect(response.status).toBe(202);
    const id = response.headers.get('x-trace-id')!;
    expect(id).toMatch(/^early-1_\d{8}_\d{6}_\d{6}$/);
    expect((await live.until((m) => m.type === 'trace.started')).data.trace_id).toBe(id);
    await live.until((m) => m.type === 'trace.event' && m.data.event.type === 'agent_routing');
    const { traces } = await app.debug('/active');
    const active = traces.find((trace: any) => trace.trace_id === id);
    expect(active).toMatchObject({ status: 'active', contact_id: 'early-1', open_span: { name: 'work' } });
    expect(active.events_so_far).toBeGreaterThanOrEqual(4);
    open();
    await live.ended('early-1');
    live.close();
    const trace = await app.debug(`/trace/${id}`);
    expect(trace.status).toBe('completed');
    expect(trace.webhook).toMatchObject({ method: 'POST', path: '/webhook', status_code: 202 });
    expect(trace.duration_ms).toBeGreaterThanOrEqual(60);
    expect(trace.webhook.acknowledged_ms).toBeLessThan(trace.duration_ms);
    expect(trace.summary).toMatchObject({
      lead_score: 8,
      suggested_agent: 'sofia',
      routing_path: ['supervisor → sofia'],
      message_sent: true,
      tools: ['check_calendar_availability'],
    });
    expect(trace.debug_hints).toEqual(['✅ Workflow completed successfully']);
    const [agent, tool] = ['agent', 'tool'].map((type) => trace.events.find((e: any) => e.type === type));
    expect(tool.parent_span_id).toBe(agent.span_id);
    expect(tool.duration_ms).toBeGreaterThanOrEqual(58);
    expect(tool.data).toEqual({ input: 'Quiero agendar una cita', output: ['10:00', '11:00'] });
    expect(types(trace)).toContain('webhook_acknowledged');
  });

  it('returns the current trace in the handler and continues an incoming traceparent', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const headers = { traceparent, tracestate: 'rojo=00f067aa0ba902b7, congo=t61rcWkgMzE' };
    const response = await app.post('/webhook/sync', { contactId: 'sync-1', body: 'hi' }, headers);
    const answer = (await response.json()) as any;
    expect(answer.trace).toBe(response.headers.get('x-trace-id'));
    expect(answer.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    const trace = await app.ended('sync-1');
    expect(trace.traceparent).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(trace.webhook.handler).toBe('WebhookController.sync');
    expect(trace.linked_trace_id ?? null).toBeNull();
    const opened = journalLines(app.dir).find((line) => line.includes('4bf92f3577b34da6a3ce929d0e0e4736'))!;
    expect(JSON.parse(opened)).toMatchObject({
      kind: 'open',
      parent: '00f067aa0ba902b7',
      sampled: true,
      tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    });
  });

  it('keeps the context in a handler that returns an Observable', async () => {
    await app.post('/webhook/observable', { contactId: 'rx-1' });
    expect(contactsIn(await app.ended('rx-1'))).toEqual(new Set(['rx-1']));
  });

  it('records an exception of the handler once, with its cause', async () => {
    const response = await app.post('/webhook/failing', { contactId: 'fail-1', body: 'x' });
    expect(response.status).toBe(500);
    const trace = await app.ended('fail-1');
    expect(trace.status).toBe('error');
    expect(trace.errors).toHaveLength(1);
    expect(trace.errors[0]).toMatchObject({ location: 'crm_update', type: 'Error', message: 'CRM is down' });
    expect(trace.errors[0].stack).toContain('webhook.controller');
    expect(JSON.stringify(trace.errors[0].cause)).toContain('ECONNREFUSED');
    expect(trace.webhook.status_code).toBe(500);
  });

  it.each([
    [
      'a guard that denies',
      '/webhook/signed',
      { contactId: 'guard-1', body: 'x' },
      401,
      'guard-1',
      'Invalid signature',
    ],
    ['malformed JSON', '/webhook', '{"contactId": "x", ', 400, 'unknown', 'JSON'],
    [
      'a body over the limit',
      '/webhook',
      { contactId: 'big', body: 'x'.repeat(2_000_000) },
      413,
      'unknown',
      'too large',
    ],
    ['a 404 under the prefix', '/webhook/nowhere', { contactId: 'lost-1', body: 'x' }, 404, 'lost-1', 'Cannot POST'],
    [
      'an answer that cannot be serialized',
      '/webhook/bigint',
      { contactId: 'big-1', body: 'x' },
      500,
      'big-1',
      'BigInt',
    ],
  ])('leaves a trace of %s', async (_what, path, body, status, contact, says) => {
    const response = await app.post(path, body);
    expect(response.status).toBe(status);
    const id = response.headers.get('x-trace-id')!;
    expect(id.startsWith(`${contact}_`)).toBe(true);
    const trace = await app.ended(contact);
    expect(trace).toMatchObject({ trace_id: id, status: 'error', webhook: { status_code: status } });
    expect(trace.errors).toHaveLength(1);
    expect(`${trace.errors[0].location} ${trace.errors[0].message}`).toContain(says);
  });

  it('leaves a trace of a pipe that refuses', async () => {
    const response = await fetch(`${app.url}/webhook/items/abc`);
    expect(response.status).toBe(400);
    const trace = await app.debug(`/trace/${response.headers.get('x-trace-id')}`);
    expect(trace.errors[0].message).toContain('numeric string is expected');
  });

  it('traces a declared route outside the default match, also where a guard denies; no other', async () => {
    const order = await app.post('/hooks/orders/7', { customer: 'ana' });
    expect(order.headers.get('x-trace-id')).toMatch(/^ana_/);
    expect((await app.ended('ana')).webhook).toMatchObject({ type: 'order', path: '/hooks/orders/7' });
    const refused = await app.post('/hooks/refused', { contactId: 'ref-1' });
    expect(refused.headers.get('x-trace-id')).toMatch(/^ref-1_/);
    const plain = await app.post('/hooks/plain', { contactId: 'plain-1' });
    expect(plain.headers.get('x-trace-id')).toBeNull();
  });

  it('never traces a route with @NoTrace, nor its own', async () => {
    const hidden = await app.post('/webhook/hidden', { contactId: 'hidden-1' });
    expect(hidden.headers.get('x-trace-id')).toBeNull();
    const own = await fetch(`${app.url}/debug/contacts/webhook-7`);
    expect(own.headers.get('x-trace-id')).toBeNull();
    expect((await app.debug('/traces?contact_id=hidden-1')).count).toBe(0);
  });

  it('keeps 50 concurrent webhooks of 50 contacts apart', async () => {
    const contacts = Array.from({ length: 50 }, (_, n) => `c${n}`);
    await Promise.all(contacts.map((contactId) => app.post('/webhook/many', { contactId, body: 'go' })));
    const traces = await Promise.all(contacts.map((contact) => app.ended(contact)));
    traces.forEach((trace, n) => {
      expect(contactsIn(trace)).toEqual(new Set([contacts[n]]));
      expect(trace.events.filter((e: any) => e.type === 'step').map((e: any) => e.data.step)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
      expect(trace.errors.map((e: any) => e.message)).toEqual([`of ${contacts[n]}`]);
      expect(trace.summary.response_preview).toBe(`to ${contacts[n]}`);
    });
    expect(new Set(traces.map((trace) => trace.trace_id)).size).toBe(50);
  });
});

function journalLines(dir: string): string[] {
  const journal = join(dir, 'journal');
  return readdirSync(journal).flatMap((name) => readFileSync(join(journal, name), 'utf8').split('\n'));
}
