import { spawn } from 'node:child_process';
import { runInTrace, traceEvent } from 'nestjs-trace-collector';
import { type RunningApp, ADAPTERS, startApp } from './support/nest-app.js';
import { WebhookController } from './support/webhook.controller.js';
import type { SseMessage } from './support/sse-client.js';

const key = (message: any): string =>
  message.type === 'trace.event'
    ? `${message.data.event.seq}/${message.data.event.duration_ms !== null}`
    : message.type;

describe.each(ADAPTERS)('the stream on %s', (adapter) => {
  let app: RunningApp;
  beforeEach(async () => {
    app = await startApp({ adapter, controllers: [WebhookController] });
  });
  afterEach(() => app.close());

  it('gives every message an id, also inside its data', async () => {
    const live = await app.stream();
    await app.post('/webhook/sync', { contactId: 'ids', body: 'x' });
    await live.ended('ids');
    live.close();
    for (const { id, data } of live.messages) expect([id, id]).toEqual([data.id, expect.stringMatching(/\d/)]);
    expect(new Set(live.messages.map(({ id }) => id)).size).toBe(live.messages.length);
    expect(live.messages[0]!.type).toBe('trace.started');
  });

  it('resumes from any message with Last-Event-ID or ?after=: nothing missing, nothing twice', async () => {
    const whole = await app.stream();
    await app.post('/webhook/sync', { contactId: 'res', body: 'x' });
    await app.post('/webhook/failing', { contactId: 'res-2', body: 'x' });
    await whole.ended('res');
    await whole.ended('res-2');
    whole.close();
    for (let cut = 0; cut < whole.messages.length - 1; cut += 1) {
      const { id } = whole.messages[cut]!;
      const rest = await (cut % 2
        ? app.stream('', { 'last-event-id': id })
        : app.stream(`?after=${encodeURIComponent(id)}`));
      await rest.until((message) => message.id === whole.lastId);
      rest.close();
      expect([...whole.messages.slice(0, cut + 1), ...rest.messages].map(key)).toEqual(whole.messages.map(key));
    }
  });

  it('loses nothing for a client that reconnects again and again while webhooks arrive', async () => {
    const reference = await app.stream();
    const contacts = Array.from({ length: 20 }, (_, n) => `r${n}`);
    const work = Promise.all(contacts.map((contactId) => app.post('/webhook/many', { contactId, body: 'x' })));
    const got: SseMessage[] = [await reference.until(() => true)];
    const all = Promise.all([work, ...contacts.map((contact) => reference.ended(contact))]);
    let over = false;
    void all.then(() => (over = true));
    while (!over || got.at(-1)!.id !== reference.lastId) {
      const client = await app.stream('', { 'last-event-id': got.at(-1)!.id });
      await client.until(({ id }) => client.messages.length >= 7 || id === reference.lastId);
      client.close();
      await client.done;
      got.push(...client.messages);
    }
    reference.close();
    expect(got.map((message) => message.id)).toEqual(reference.messages.map((message) => message.id));
  });

  it('filters by contact', async () => {
    const live = await app.stream('?contact_id=only');
    await app.post('/webhook/sync', { contactId: 'other', body: 'x' });
    await app.post('/webhook/sync', { contactId: 'only', body: 'x' });
    await live.ended('only');
    live.close();
    expect(new Set(live.messages.map(({ data }) => data.contact_id))).toEqual(new Set(['only']));
  });

  it('can be read with curl -N', async () => {
    const curl = spawn('curl', ['-sN', `${app.url}/debug/stream`], { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    for await (const chunk of curl.stdout) {
      // Its first bytes arrive when no message can be missed any more.
      if (stdout === '') await app.post('/webhook/sync', { contactId: 'curl', body: 'x' });
      stdout += chunk;
      if (/^event: trace\.ended$/m.test(stdout) && stdout.endsWith('\n\n')) curl.kill();
    }
    expect(stdout).toMatch(/^event: trace\.started$/m);
    expect(stdout).toMatch(/^id: \S+$/m);
    expect(stdout).toMatch(/^data: \{.*"contact_id":"curl"/m);
  });

  it('resets a client that reads nothing for a while, and sends it everything later', async () => {
    const slow = await app.stream();
    slow.pause();
    const quick = await app.stream();
    // More than sockets and the server's own queue can hold.
    for (let n = 0; n < 40; n += 1) {
      runInTrace({ contactId: `s${n}` }, () => {
        for (let event = 0; event < 60; event += 1) traceEvent('tick', { event, pad: 'x'.repeat(15_000) });
      });
      await quick.ended(`s${n}`);
    }
    quick.close();
    slow.resume();
    await slow.until(({ id }) => id === quick.lastId);
    slow.close();
    const resets = slow.messages.filter(({ type }) => type === 'reset');
    expect(resets.length).toBeGreaterThan(0);
    const before = slow.messages[slow.messages.indexOf(resets[0]!) - 1]!;
    expect([resets[0]!.id, resets[0]!.data]).toEqual([before.id, { reason: 'slow', after: before.id }]);
    const ids = slow.messages.filter(({ type }) => type !== 'reset').map(({ id }) => id);
    expect(ids).toEqual(quick.messages.filter(({ type }) => type !== 'reset').map(({ id }) => id));
  });

  it('refuses an invalid position', async () => {
    const response = await fetch(`${app.url}/debug/stream?after=nonsense`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: 400, message: expect.stringContaining('nonsense') });
  });

  it('lets app.close() end within 500 ms with three clients on it', async () => {
    const clients = await Promise.all([app.stream(), app.stream('?contact_id=a'), app.stream('?status=error')]);
    const before = performance.now();
    await app.app.close();
    expect(performance.now() - before).toBeLessThan(500);
    await Promise.all(clients.map((client) => client.done));
  });
});
