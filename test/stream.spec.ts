import { type RunningApp, ADAPTERS, startApp } from './support/nest-app.js';
import { WebhookController } from './support/webhook.controller.js';
import { run } from './support/run.js';

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

  it('loses nothing for a client that reconnects again and again while webhooks come in', async () => {
    const reference = await app.stream();
    const got: any[] = [];
    const work = Promise.all(
      Array.from({ length: 20 }, (_, n) => app.post('/webhook/many', { contactId: `r${n}`, body: 'x' })),
    );
    let lastId: string | undefined = (await reference.until(() => true)).id;
    got.push(reference.messages[0]);
    for (let round = 1; round <= 15; round += 1) {
      const client = await app.stream('', { 'last-event-id': lastId! });
      await client.until(() => client.messages.length >= round * 2, 2_000).catch(() => undefined);
      client.close();
      await client.done;
      got.push(...client.messages);
      lastId = client.lastId ?? lastId;
    }
    await work;
    await Promise.all(Array.from({ length: 20 }, (_, n) => reference.ended(`r${n}`)));
    const tail = await app.stream('', { 'last-event-id': lastId! });
    if (lastId !== reference.lastId) await tail.until((message) => message.id === reference.lastId);
    got.push(...tail.messages);
    tail.close();
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
    await app.post('/webhook/sync', { contactId: 'curl', body: 'x' });
    await app.ended('curl');
    const first = await app.debug('/traces');
    expect(first.count).toBe(1);
    const curl = run('curl', ['-sN', '--max-time', '1', `${app.url}/debug/stream`]);
    const live = await app.stream();
    await app.post('/webhook/sync', { contactId: 'curl-2', body: 'x' });
    await live.ended('curl-2');
    live.close();
    const { stdout } = await curl;
    expect(stdout).toMatch(/^event: trace\.started$/m);
    expect(stdout).toMatch(/^id: \S+$/m);
    expect(stdout).toMatch(/^data: \{.*curl-2/m);
  });

  it('refuses a position that is none', async () => {
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
