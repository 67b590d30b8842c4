import { MemoryStore } from '../../../../../test/support/memory-store.js';
import { GUIDE_START, Story } from '../../../../../test/support/story.js';
import { TraceQueryService } from '../trace-query.js';

/** The `n`th trace of a contact, a second after the one before. */
function nth(n: number, contact: string, message = `message ${n}`): Story {
  return new Story(`2-${n}`, `${contact}_${n}`, GUIDE_START + n * 1_000_000).open().identify({ contact, message });
}

function queryOf(stories: readonly Story[]): TraceQueryService {
  const store = new MemoryStore();
  for (const { records } of stories) store.append(...records);
  return new TraceQueryService({
    store,
    version: '0',
    timeZone: 'UTC',
    clock: { now: () => GUIDE_START + 3_600_000_000 },
  });
}

const booked = (n: number, contact: string) =>
  nth(n, contact)
    .event('intelligence_analysis', { lead_score: 8 })
    .event('agent_routing', { from: 'supervisor', to: 'sofia' })
    .span('a', 'tool', 'book')
    .at(300)
    .spanEnd('a', 200 + n)
    .event('message_sent', { message: 'booked', channel: 'whatsapp' })
    .end();
const failed = (n: number, contact: string, message = 'no slots') =>
  nth(n, contact)
    .span('a', 'tool', 'book')
    .error('book', message, { span: 'a' })
    .at(50)
    .spanEnd('a', 50, { outcome: 'error' })
    .end('error');

describe('the search', () => {
  const query = queryOf([
    booked(1, 'ana'),
    failed(2, 'ben'),
    booked(3, 'cleo'),
    failed(4, 'ana'),
    nth(5, 'dora', 'hola'),
  ]);
  const ids = async (q: string, limit?: number) =>
    (await query.traces({ q, limit })).traces.map(({ trace_id }) => trace_id);

  it.each<[string, string[]]>([
    ['status:error', ['ana_4', 'ben_2']],
    ['status:error -contact:ben', ['ana_4']],
    ['-tool:book', ['dora_5']],
    ['-status:error -hola', ['cleo_3', 'ana_1']],
    ['-"No Slots"', ['dora_5', 'cleo_3', 'ana_1']],
    ['status:error -slots', []],
    ['-"book: Error" -hola', ['cleo_3', 'ana_1']],
    ['-ana', ['dora_5', 'cleo_3', 'ben_2']],
    ['duration:<100ms -status:active', ['ana_4', 'ben_2']],
  ])('%s', async (q, expected) => expect(await ids(q)).toEqual(expected));

  it('searches all of a long message, in any spelling of its letters', async () => {
    const long = nth(2, 'ben', `${'x'.repeat(900)} cafe\u0301`);
    const { traces } = await queryOf([long, booked(3, 'cleo')]).traces({ q: '-CAFÉ' });
    expect(traces.map(({ trace_id }) => trace_id)).toEqual(['cleo_3']);
  });

  it('finds the one remaining old trace in one query to the store', async () => {
    const stories = Array.from({ length: 1_100 }, (_, n) => failed(n, 'ana', n === 3 ? 'other' : 'no slots'));
    const store = new MemoryStore();
    for (const { records } of stories) store.append(...records);
    const many = new TraceQueryService({ store, version: '0', timeZone: 'UTC' });
    const { traces, next } = await many.traces({ q: '-slots' });
    expect([traces.map(({ trace_id }) => trace_id), next, store.calls]).toEqual([['ana_3'], null, { list: 1 }]);
  });

  it('pages through the remaining traces after a negation, and skips nothing', async () => {
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const { traces, next } = await query.traces({ q: '-contact:ben', limit: 1, before });
      seen.push(...traces.map(({ trace_id }) => trace_id));
      before = next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual(['dora_5', 'ana_4', 'cleo_3', 'ana_1']);
  });
});

describe('errorGroups', () => {
  it('groups equal errors: how often, which contacts, since when', async () => {
    const query = queryOf([
      failed(1, 'ana'),
      failed(2, 'ben'),
      failed(3, 'ana'),
      failed(4, 'ana', 'other'),
      booked(5, 'x'),
    ]);
    const { groups, examined, complete } = await query.errorGroups({});
    expect([examined, complete]).toEqual([4, true]);
    expect(groups).toMatchObject([
      { message: 'no slots', count: 3, traces: 3, contacts: 2, last_trace_id: 'ana_3', location: 'book' },
      { message: 'other', count: 1, contacts: 1 },
    ]);
    expect(groups[0]!.first_seen < groups[0]!.last_seen).toBe(true);
    expect(groups.map(({ bars }) => bars.reduce((sum, count) => sum + count, 0))).toEqual([3, 1]);
  });

  it('counts them over the requested time, up to now without an end', async () => {
    const query = queryOf([failed(1, 'ana')]);
    const whole = { since: GUIDE_START - 3_600_000_000, until: GUIDE_START + 3_600_000_000 };
    const filled = async (range: object) => (await query.errorGroups(range)).groups[0]!.bars.findIndex((n) => n > 0);
    expect([await filled({}), await filled(whole), await filled({ since: whole.since })]).toEqual([0, 12, 12]);
    const early = { since: whole.since, until: GUIDE_START + 2_000_000 };
    expect(await filled(early)).toBe(23);
  });

  it('is empty without errors', async () => {
    expect(await queryOf([]).errorGroups({})).toMatchObject({
      groups: [],
      examined: 0,
      complete: true,
      bars_from: null,
    });
  });
});

describe('insights', () => {
  it('groups traces by time and duration, follows them to their end, and times the tools', async () => {
    const { heatmap, flows, tools } = await queryOf([booked(1, 'ana'), booked(2, 'ben'), failed(3, 'cleo')]).insights(
      {},
    );
    expect(heatmap.cells.reduce((sum, { total }) => sum + total, 0)).toBe(3);
    expect(heatmap.cells.reduce((sum, { errors }) => sum + errors, 0)).toBe(1);
    expect(flows.filter(({ layer }) => layer === 2)).toEqual([
      { layer: 2, from: 'book', to: 'reply sent', count: 2 },
      { layer: 2, from: 'book', to: 'error', count: 1 },
    ]);
    for (const layer of [0, 1, 2]) {
      const counts = flows.filter((flow) => flow.layer === layer).map(({ count }) => count);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    }
    expect(tools).toEqual([
      { name: 'book', calls: 3, errors: 1, p50_ms: 201, p95_ms: 202, max_ms: 202, slowest_trace_id: 'ben_2' },
    ]);
  });
});

describe('conversation', () => {
  const query = queryOf([booked(1, 'ana'), failed(2, 'ana'), booked(3, 'ben'), booked(4, 'ana')]);

  it('lists messages, steps and replies, oldest first', async () => {
    const { turns, next } = await query.conversation('ana');
    expect(next).toBeNull();
    expect(turns.map(({ trace }) => trace.trace_id)).toEqual(['ana_1', 'ana_2', 'ana_4']);
    expect(turns[0]).toMatchObject({
      message: 'message 1',
      replies: [{ text: 'booked', channel: 'whatsapp' }],
      lead_score: 8,
      agent: 'sofia',
      more_steps: 0,
    });
    expect(turns[1]!.replies).toEqual([]);
    expect(turns[1]!.steps.filter(({ error }) => error).map(({ line }) => line)).toEqual([
      '🔧 Tool: book',
      '❌ ERROR: book: no slots',
    ]);
  });

  it('pages back', async () => {
    const newest = await query.conversation('ana', { limit: 2 });
    const older = await query.conversation('ana', { limit: 2, before: newest.next! });
    expect([newest, older].map(({ turns }) => turns.map(({ trace }) => trace.trace_id))).toEqual([
      ['ana_2', 'ana_4'],
      ['ana_1'],
    ]);
  });

  it('of an unknown contact is not found', () =>
    expect(query.conversation('nobody')).rejects.toMatchObject({ code: 'CONTACT_NOT_FOUND' }));
});
