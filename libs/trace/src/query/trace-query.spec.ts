import type { TraceListItem } from '../contract/responses.js';
import { MemoryStore } from '../../../../test/support/memory-store.js';
import { guideStory, GUIDE_CONTACT, GUIDE_ID, GUIDE_START, Story } from '../../../../test/support/story.js';
import { TraceQueryService } from './trace-query.js';
import type { TraceQueryServiceOptions } from './trace-query.js';

const NOW = GUIDE_START + 3_600_000_000;

function queryOf(stories: readonly Story[], options: Partial<TraceQueryServiceOptions> = {}) {
  const store = new MemoryStore();
  for (const { records } of stories) store.append(...records);
  const query = new TraceQueryService({
    store,
    version: '0.0.1',
    timeZone: 'UTC',
    clock: { now: () => NOW },
    ...options,
  });
  return { store, query };
}

/** The `n`th trace of a contact, one second after the one before. */
function nth(n: number, contact = 'ana', message_id?: string): Story {
  return new Story(`2-${n}`, `${contact}_${n}`, GUIDE_START + n * 1_000_000).open().identify({ contact, message_id });
}

describe('TraceQuery', () => {
  it('finds a trace by its id, or by a unique beginning', async () => {
    const { query } = queryOf([guideStory(), nth(1), nth(2)]);
    expect((await query.trace(GUIDE_ID)).trace_id).toBe(GUIDE_ID);
    expect((await query.trace('z49')).trace_id).toBe(GUIDE_ID);
    expect((await query.export('ana_2')).trace_id).toBe('ana_2');
  });

  it('treats a whole id as exact, also when a longer one begins with it', async () => {
    const { query } = queryOf([nth(1), nth(11)]);
    expect((await query.trace('ana_1')).trace_id).toBe('ana_1');
  });

  it.each<[string, string, RegExp]>([
    ['nope', 'TRACE_NOT_FOUND', /"nope"/],
    ['', 'TRACE_NOT_FOUND', /whole id/],
    ['ana', 'TRACE_AMBIGUOUS', /"ana": ana_2, ana_1\./],
    ['\u001b[31m', 'TRACE_NOT_FOUND', /\\u001b/],
  ])('gives the reason why %j matches none', async (id, code, message) => {
    const { query } = queryOf([nth(1), nth(2)]);
    await expect(query.trace(id)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('names the traces that match a beginning, newest first, ten at most', async () => {
    const { query } = queryOf(Array.from({ length: 14 }, (_, n) => nth(n + 1)));
    const error = await query.trace('ana').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TRACE_AMBIGUOUS', message: expect.stringContaining(', and more.') as string });
    const { candidates } = error as { candidates: TraceListItem[] };
    expect(candidates).toEqual((await query.traces({ limit: 10 })).traces);
  });

  it('omits large values on request, and returns them event by event', async () => {
    const large = 'x'.repeat(5_000);
    const story = nth(1).event('step', { large, small: 1 }).error('here', 'failed', { context: { large } });
    const { query } = queryOf([story, guideStory()]);
    const whole = await query.trace('ana_1');
    const lean = await query.leanTrace('ana', { maxValueBytes: 1_000 });
    expect(JSON.stringify(lean).length).toBeLessThan(3_000);
    expect(lean.omitted).toHaveLength(2);
    for (const { seq, path } of lean.omitted ?? []) {
      const event = await query.event('ana_1', seq);
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], event);
      expect(JSON.stringify(value)).toContain(large);
      expect(whole.events).toContainEqual(event.event);
    }
    expect(await query.leanTrace(GUIDE_ID, { maxValueBytes: 1_000 })).toEqual(await query.trace(GUIDE_ID));
    await expect(query.event('ana_1', 999)).rejects.toMatchObject({ code: 'EVENT_NOT_FOUND' });
    await expect(query.event('nobody', 1)).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
  });

  it('returns no more than ten candidates', async () => {
    const { query } = queryOf(Array.from({ length: 12 }, (_, n) => nth(n)));
    const failure = await query.trace('ana').catch((error: Error) => error);
    expect((failure as Error).message.match(/ana_/g)).toHaveLength(10);
    expect((failure as Error).message).toContain(', and more');
  });

  it('lists 20 traces by default', async () => {
    const { query } = queryOf(Array.from({ length: 25 }, (_, n) => nth(n)));
    const first = await query.traces({});
    expect([first.count, first.traces[0]?.trace_id, first.next]).toEqual([20, 'ana_24', '20']);
    expect(first.traces[0]).toEqual({
      trace_id: 'ana_24',
      contact_id: 'ana',
      started_at: '2024-01-20T14:30:46.123456Z',
      // It runs: the duration is up to now.
      duration_ms: 3_576_000,
      status: 'active',
      message: 'Quiero agendar una cita',
      errors: 0,
      events: 1,
      route: null,
    });
    const second = await query.traces({ limit: 20, before: first.next! });
    expect([second.count, second.next]).toEqual([5, null]);
  });

  it.each([0, 501, 1.5, Number.NaN])('refuses a limit of %d', async (limit) => {
    await expect(queryOf([]).query.traces({ limit })).rejects.toMatchObject({ code: 'BAD_QUERY' });
  });

  it('returns the last trace', async () => {
    expect((await queryOf([nth(1), nth(2)]).query.lastTrace()).trace_id).toBe('ana_2');
    await expect(queryOf([]).query.lastTrace()).rejects.toMatchObject({ code: 'NO_TRACES' });
  });

  it('finds the last error, whatever its status', async () => {
    const { query } = queryOf([
      nth(1).error('a', 'old').end('error'),
      nth(2).error('crm', 'down').error('crm', 'still').error('mail', 'no').end('timeout'),
      nth(3).end(),
      nth(4),
    ]);
    const answer = await query.lastError();
    expect(answer).toMatchObject({ trace_id: 'ana_2', status: 'timeout' });
    expect(answer.error_summary).toEqual({ count: 3, first_error: answer.errors[0], locations: ['crm', 'mail'] });
    expect(answer.export_command).toBe('npx nestjs-trace-collector trace ana_2 --export > trace.json');
  });

  it('reports that there is no error', async () => {
    await expect(queryOf([nth(1).end()]).query.lastError()).rejects.toMatchObject({ code: 'NO_ERRORS' });
  });

  it('finds the first delivery of a message', async () => {
    const { query } = queryOf([
      nth(1, 'ana', 'm'),
      nth(2, 'ben', 'm'),
      nth(3, 'ana', 'm'),
      nth(4, 'ana', 'other'),
      nth(5, 'ana', 'm'),
      nth(6),
    ]);
    const duplicates = await Promise.all(
      [1, 3, 4, 5, 6].map(async (n) => (await query.trace(`ana_${n}`)).webhook.duplicate_of),
    );
    expect(duplicates).toEqual([null, 'ana_1', null, 'ana_1', null]);
    expect((await query.trace('ana_5')).debug_hints).toContain(
      '📨 Redelivered webhook: the same message first came in ana_1',
    );
  });

  it('shows running traces, and their current step', async () => {
    const running = nth(1).span('a', 'agent', 'sofia').at(500).span('b', 'tool', 'crm', { parent: 'a' });
    const { query } = queryOf([running, nth(2).end()]);
    expect(await query.active()).toMatchObject({
      count: 1,
      traces: [
        {
          trace_id: 'ana_1',
          status: 'active',
          events_so_far: 3,
          open_span: {
            span_id: 'b',
            type: 'tool',
            name: 'crm',
            started_at: '2024-01-20T14:30:23.623456Z',
            open_ms: 3_598_500,
          },
        },
      ],
    });
  });

  it('debugs a contact', async () => {
    const { query } = queryOf([nth(1).error('crm', 'down').end('error'), nth(2).end(), guideStory()]);
    const answer = await query.quickDebug('ana');
    expect(answer).toMatchObject({
      contact_id: 'ana',
      recent_traces: [{ trace_id: 'ana_2' }, { trace_id: 'ana_1' }],
      latest_trace: { trace_id: 'ana_2', status: 'completed', errors: [], summary: { message_sent: false } },
      export_commands: ['npx nestjs-trace-collector trace ana_2 --export > trace.json', 'npx nestjs-trace-collector trace ana_1 --export > trace.json'],
    });
    expect(Object.keys(answer.latest_trace)).toEqual([
      'trace_id',
      'status',
      'timeline',
      'errors',
      'summary',
      'debug_hints',
    ]);
  });

  it('returns a contact’s traces as one story, oldest first', async () => {
    const { query } = queryOf([nth(1).at(1500).event('late_step'), nth(2)]);
    const answer = await query.contact('ana');
    expect(answer.traces.map(({ trace_id }) => trace_id)).toEqual(['ana_2', 'ana_1']);
    expect(answer.timeline).toEqual([
      {
        trace_id: 'ana_1',
        timestamp: '2024-01-20T14:30:23.123456Z',
        line: "[14:30:23] 📥 Received: 'Quiero agendar una cita'",
      },
      {
        trace_id: 'ana_2',
        timestamp: '2024-01-20T14:30:24.123456Z',
        line: "[14:30:24] 📥 Received: 'Quiero agendar una cita'",
      },
      { trace_id: 'ana_1', timestamp: '2024-01-20T14:30:24.623456Z', line: '[14:30:24] 📌 late_step' },
    ]);
  });

  it('refuses an unknown contact', async () => {
    const { query } = queryOf([guideStory()]);
    await expect(query.contact('z4')).rejects.toMatchObject({ code: 'CONTACT_NOT_FOUND' });
    await expect(query.quickDebug('')).rejects.toMatchObject({ code: 'CONTACT_NOT_FOUND' });
    expect((await query.contact(GUIDE_CONTACT)).count).toBe(1);
  });

  it('answers about its health even when the store does not', async () => {
    const { query, store } = queryOf([guideStory()], { internalErrors: () => 1 });
    expect(await query.health()).toMatchObject({ total_traces: 1, self_errors: 1, version: '0.0.1' });
    store.failure = new Error('The catalog is away.');
    expect(await query.health()).toMatchObject({ status: 'degraded', total_traces: 0 });
    expect((await query.health()).reasons[0]).toBe('The catalog is away.');
  });

  it('passes deletions on', async () => {
    const { query, store } = queryOf([guideStory()]);
    expect(await query.eraseContact(GUIDE_CONTACT)).toEqual({ removed: 1 });
    expect((await query.clear({ keepErrors: false })).removed).toBeGreaterThan(0);
    expect(store.calls).toMatchObject({ erase: 1, clear: 1 });
  });

  it('sends the store as many queries for twenty traces as for two', async () => {
    const withLink = (n: number): Story =>
      new Story(`2-${n}`, `ana_${n}`, GUIDE_START + n * 1_000_000)
        .open({ link: `ana_${n - 1}` })
        .identify({ contact: 'ana', message_id: `m${n % 3}` })
        .error('crm', 'down')
        .end('error');
    const asked = async (traces: number, ask: (query: TraceQueryService) => Promise<unknown>) => {
      const { store, query } = queryOf(Array.from({ length: traces }, (_, n) => withLink(n)));
      await ask(query);
      return store.calls;
    };
    const questions: ((query: TraceQueryService) => Promise<unknown>)[] = [
      (query) => query.contact('ana'),
      (query) => query.conversation('ana'),
      (query) => query.errorGroups({}),
      (query) => query.insights({}),
      (query) => query.active(),
    ];
    for (const ask of questions) expect(await asked(20, ask)).toEqual(await asked(2, ask));
  });

  it('streams', async () => {
    const { query, store } = queryOf([]);
    const stop = new AbortController();
    const stream = query.stream({ signal: stop.signal, onReady: () => store.append(...guideStory().records) });
    const types: string[] = [];
    for await (const { type } of stream) {
      types.push(type);
      if (type === 'trace.ended') stop.abort();
    }
    expect(types).toEqual(['trace.started', ...Array.from({ length: 6 }, () => 'trace.event'), 'trace.ended']);
  });
});
