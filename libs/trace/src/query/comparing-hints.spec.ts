import type { Baseline, BaselineQuery } from '../model/baseline.js';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Story } from '../../../../test/support/story.js';
import type { NoticeFields, RecordDraft } from '../model/record.js';
import { openStore, type OpenStore } from '../../../../test/support/open-store.js';
import type { FullTraceResponse, HintDetail } from '../contract/responses.js';
import { ALL_IS_WELL } from '../views/hints/hints.js';
import { MIN_SAMPLES } from '../views/hints/comparing/baseline-hints.js';
import { TraceQueryService } from './trace-query.js';

/** Noon of a day: traces of some hours do not cross midnight. */
const NOON = Date.UTC(2026, 9, 20, 12) * 1000;
const MINUTE = 60_000_000;
const PAYLOADS = ['data', 'input', 'output', 'body', 'cause', 'context'];

let dir: string;
let store: OpenStore;
let query: TraceQueryService;
let written: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baseline-'));
  written = 0;
  open();
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(): void {
  store = openStore({ dir });
  query = new TraceQueryService({ store, version: '0', timeZone: 'UTC', clock: { now: () => NOON + 60 * MINUTE } });
}

interface WrittenTrace {
  contact?: string;
  /** Microseconds after noon; default: a minute after the previous trace. */
  at?: number;
  route?: string;
  message?: string | null;
  message_id?: string;
  direction?: 'inbound' | 'outbound';
  link?: string;
  media?: string;
  edited?: true;
  notices?: NoticeFields[];
  /** The records between the message and the end. */
  work?: (story: Story) => Story;
  status?: 'completed' | 'error' | 'timeout' | 'active';
}

/** A typical booking: an agent, its tools, a reply. */
function booking(story: Story, { calendar = true, crmMs = 120, replies = 1 } = {}): Story {
  story.event('agent_routing', { from: 'supervisor', to: 'sofia' }).span('a', 'agent', 'sofia');
  if (calendar) story.span('b', 'tool', 'check_calendar', { parent: 'a' }).at(60).spanEnd('b', 60);
  story
    .span('c', 'step', 'crm_update', { parent: 'a' })
    .at(60 + crmMs)
    .spanEnd('c', crmMs);
  for (let n = 0; n < replies; n += 1) story.at(100 + crmMs + n * 900).event('message_sent', { message: `piece ${n}` });
  return story.spanEnd('a', 100 + crmMs);
}

/** Members as capture passes them: payloads are text. */
function draftsOf({ records }: Story): RecordDraft[] {
  const drafts: RecordDraft[] = [];
  for (const { seq: _, ...record } of records) {
    const draft: Record<string, unknown> = { ...record };
    for (const name of PAYLOADS) if (draft[name] !== undefined) draft[name] = JSON.stringify(draft[name]);
    drafts.push(draft as unknown as RecordDraft);
  }
  return drafts;
}

/** Writes a trace. Returns its id. */
function write({ status = 'completed', work = booking, ...about }: WrittenTrace = {}): string {
  written += 1;
  const {
    contact = `c${written}`,
    route = 'WebhookController.receive',
    message_id,
    direction = 'inbound',
    link,
  } = about;
  const { media, edited, notices } = about;
  const key = `${store.sink.writer.number}-${written}`;
  const id = `${contact}_${written}`;
  const traceparent = `00-${String(written).padStart(32, '0')}-b7ad6b7169203331-01`;
  const opening = { method: 'POST', path: `/webhook/${contact}`, link, traceparent };
  const message = about.message === null ? undefined : (about.message ?? 'hola');
  const story = new Story(key, id, NOON + (about.at ?? written * MINUTE))
    .open(opening)
    .identify({ contact, message, handler: route, message_id, direction, media, edited, notices });
  work(story);
  if (status !== 'active') story.end(status);
  for (const draft of draftsOf(story)) expect(store.sink.append(draft)).toBe(true);
  return id;
}

function usually(n = MIN_SAMPLES, about: WrittenTrace = {}): void {
  for (let i = 0; i < n; i += 1) write(about);
}

async function compared(id: string): Promise<{ hints: string[]; details: HintDetail[] }> {
  const trace: FullTraceResponse = await query.trace(id);
  const details = (trace.debug_hint_details ?? []).filter(({ evidence }) => evidence);
  for (const { hint } of details) expect(trace.debug_hints).toContain(hint);
  return { hints: trace.debug_hints, details };
}

const failing =
  (fingerprint: string) =>
  (story: Story): Story =>
    booking(story).error('crm', 'down', { fingerprint, type: 'TypeError' });

describe('a normal trace', () => {
  it.each([0, 1, MIN_SAMPLES, 60])('has no hints, beside %d others', async (n) => {
    usually(n);
    const trace = await query.trace(write());
    expect(trace.debug_hints).toEqual([ALL_IS_WELL]);
    expect(trace).not.toHaveProperty('debug_hint_details');
  });

  it('has no hints where times vary, steps are sometimes skipped, and agents do different work', async () => {
    for (let n = 0; n < 60; n += 1) {
      write({ work: (story) => booking(story, { calendar: n % 5 > 0, crmMs: 50 + ((n * 37) % 400) }) });
      write({
        work: (story) => story.event('agent_routing', { from: 'supervisor', to: 'maria' }).event('message_sent', {}),
      });
    }
    const odd = [write({ work: (story) => booking(story, { calendar: false, crmMs: 600 }) })];
    odd.push(
      write({ work: (story) => story.event('agent_routing', { from: 's', to: 'maria' }).event('message_sent', {}) }),
    );
    for (const id of odd) expect((await query.trace(id)).debug_hints).toEqual([ALL_IS_WELL]);
  });
});

describe('a missing step', () => {
  const without = { work: (story: Story): Story => booking(story, { calendar: false }) };

  it('is reported, with how often it ran', async () => {
    usually(49);
    write(without);
    const { hints, details } = await compared(write({ ...without, status: 'timeout' }));
    const hint = '🧩 check_calendar ran in 98% of completed traces, not in this one';
    expect(hints).toContain(hint);
    expect(details).toEqual([
      {
        rule: 'missing_step',
        hint,
        evidence: {
          route: 'WebhookController.receive → sofia',
          since: '2026-10-20T00:00:00.000000Z',
          samples: 50,
          steps: [{ kind: 'tool', name: 'check_calendar', traces: 49, share: 0.98 }],
        },
      },
    ]);
  });

  it('is reported for a completed trace too, and several in one line', async () => {
    usually();
    const { hints } = await compared(
      write({ work: (story) => story.event('agent_routing', { from: 's', to: 'sofia' }) }),
    );
    expect(hints).toContain('🧩 check_calendar, crm_update and sofia ran in 95% of completed traces, not in this one');
  });

  it('is not reported for too few traces', async () => {
    usually(MIN_SAMPLES - 1);
    expect((await compared(write({ ...without, status: 'error' }))).details).toEqual([]);
    usually(1);
    expect((await compared(write({ ...without, status: 'error' }))).details).toHaveLength(1);
  });

  it('is not reported where it is often missing', async () => {
    usually(90);
    usually(10, without);
    expect((await compared(write({ ...without, status: 'error' }))).details).toEqual([]);
  });

  it.each<[string, WrittenTrace]>([
    ['another route', { ...without, route: 'OtherController.receive', status: 'error' }],
    ['one in progress', { ...without, status: 'active' }],
    ['one that was refused', { status: 'error', work: (story) => story.response(401, 1) }],
    ['one without a message', { message: null, work: (story) => story }],
    ['one that reports a sent message', { direction: 'outbound', work: (story) => story }],
  ])('is not reported for %s', async (_, about) => {
    usually(40);
    expect((await compared(write(about))).details).toEqual([]);
  });
});

describe('a slow step', () => {
  it('is reported with its usual time, and without the steps around it', async () => {
    usually(30);
    const { details } = await compared(write({ work: (story) => booking(story, { crmMs: 4100 }) }));
    expect(details).toMatchObject([
      {
        rule: 'slow_step',
        hint: expect.stringMatching(/^🐌 crm_update took 4\.1 s, usually 1[12]\d ms$/) as string,
        evidence: { kind: 'step', name: 'crm_update', span_id: 'c', took_ms: 4100, samples: 31 },
      },
    ]);
  });

  it.each<[string, number, number]>([
    ['too few were measured', MIN_SAMPLES - 2, 4100],
    ['it is slower by an unnoticeable amount', 30, 350],
  ])('is not reported when %s', async (_, n, crmMs) => {
    usually(n);
    expect((await compared(write({ work: (story) => booking(story, { crmMs }) }))).hints).toEqual([ALL_IS_WELL]);
  });

  it('is not reported when it is often that slow', async () => {
    for (let n = 0; n < 40; n += 1) write({ work: (story) => booking(story, { crmMs: n % 10 === 0 ? 3000 : 120 }) });
    expect((await compared(write({ work: (story) => booking(story, { crmMs: 4100 }) }))).hints).toEqual([ALL_IS_WELL]);
  });
});

describe('an error', () => {
  it('is reported as new on its first occurrence, and stays the first', async () => {
    usually();
    const first = write({ work: failing('f1'), status: 'error' });
    const second = write({ work: failing('f1'), status: 'error' });
    const { hints, details } = await compared(first);
    expect(hints).toContain('🆕 First time this error is seen: TypeError in crm');
    expect(details).toMatchObject([{ rule: 'new_error', evidence: { samples: MIN_SAMPLES + 2, fingerprint: 'f1' } }]);
    expect((await compared(second)).details).toEqual([]);
  });

  it('is not called new with few samples', async () => {
    usually(MIN_SAMPLES - 2);
    expect((await compared(write({ work: failing('f1'), status: 'error' }))).details).toEqual([]);
  });

  it('is reported as shared with others, in the hour before', async () => {
    for (let n = 0; n < 18; n += 1) write({ work: failing('f1'), at: n * MINUTE, status: 'error' });
    const failed = { work: failing('f1'), status: 'error' } as const;
    const { hints, details } = await compared(write({ ...failed, at: 60 * MINUTE }));
    expect(hints).toContain('👥 17 others in the last hour failed the same way: TypeError in crm');
    expect(details[0]?.evidence).toMatchObject({ samples: 18, others: 17, fingerprint: 'f1' });
    const away = [write({ ...failed, at: 130 * MINUTE }), write({ ...failed, work: failing('f2'), at: 60 * MINUTE })];
    for (const id of away) expect((await compared(id)).hints.join()).not.toContain('👥');
  });

  it('counts a trace once, however often it fails', async () => {
    const fail = (story: Story): Story => story.error('crm', 'down', { fingerprint: 'f1' });
    const often = (story: Story): Story => fail(fail(fail(story)));
    write({ work: often, at: 0, status: 'error' });
    expect((await compared(write({ work: often, at: 1, status: 'error' }))).details).toEqual([]);
  });
});

describe('two replies at once', () => {
  const replying = (text: string, atMs: number) => ({
    work: (story: Story): Story => story.at(atMs).event('message_sent', { message: text }),
  });

  it('of two traces of a contact are reported in both', async () => {
    const first = write({ contact: 'ana', at: 0, ...replying('one', 1000) });
    const second = write({ contact: 'ana', at: 1_500_000, ...replying('two', 900) });
    const { hints, details } = await compared(first);
    expect(hints).toEqual([`👯 This contact got two replies within 2 s: 1.4 s apart; the other one in ${second}`]);
    expect(details[0]?.evidence).toMatchObject({ gap_ms: 1400, same_text: false });
    expect((await compared(second)).hints[0]).toContain(`the other one in ${first}`);
  });

  it('of the same text are reported within a trace', async () => {
    const twice = (story: Story): Story => replying('ok', 1300).work(replying('ok', 100).work(story));
    expect((await compared(write({ work: twice }))).hints).toEqual([
      '👯 This contact got two replies within 2 s: the same text 1.2 s apart',
    ]);
  });

  it('of different texts are reported where one is usual, and not without a baseline', async () => {
    const twice = { work: (story: Story): Story => booking(story, { replies: 2 }) };
    expect((await compared(write(twice))).hints).toEqual([ALL_IS_WELL]);
    usually(40);
    expect((await compared(write(twice))).hints).toEqual(['👯 This contact got two replies within 2 s: 900 ms apart']);
    usually(10, twice);
    expect((await compared(write(twice))).hints).toEqual([ALL_IS_WELL]);
  });

  it('are not reported for other contacts, without a contact, later, or in linked work', async () => {
    const at = 0;
    const parent = write({ contact: 'ana', at, ...replying('one', 1000) });
    const ids = [parent, write({ contact: 'ana', at: at + 10_000_000, ...replying('two', 0) })];
    ids.push(write({ contact: 'ben', at, ...replying('one', 1000) }));
    ids.push(write({ contact: 'ana', at: at + 1_100_000, link: parent, ...replying('three', 0) }));
    for (let n = 0; n < 2; n += 1) ids.push(write({ contact: 'unknown', at, ...replying('one', 1000) }));
    for (const id of ids) expect((await compared(id)).hints.join()).not.toContain('👯');
  });
});

describe('messages of one contact', () => {
  const long = { contact: 'ana', work: (story: Story): Story => story.at(5000).event('done') };

  it('that overlap are reported in both', async () => {
    const first = write({ ...long, at: 0 });
    const second = write({ ...long, at: 3_000_000 });
    const { hints, details } = await compared(second);
    expect(hints).toEqual([`🚦 Messages of this contact overlapped: ${first} was still at work when this one came`]);
    expect(details[0]?.evidence).toMatchObject({ samples: 2, overlaps: [{ trace_id: first, ms: 2000 }] });
    expect((await compared(first)).hints).toEqual([`🚦 Messages of this contact overlapped: ${second} came meanwhile`]);
  });

  it('are not reported one after the other, linked, of others, or when one is no message', async () => {
    const first = write({ ...long, at: 0 });
    const ids = [first, write({ ...long, at: 6_000_000 })];
    ids.push(write({ ...long, at: 1_000_000, contact: 'ben' }));
    ids.push(write({ ...long, at: 1_000_000, link: first }));
    ids.push(write({ ...long, at: 2_000_000, link: first, message: null }));
    ids.push(write({ ...long, at: 1_000_000, direction: 'outbound' }));
    for (const id of ids.filter((_, n) => n !== 3)) expect((await compared(id)).hints).toEqual([ALL_IS_WELL]);
  });

  it('are not reported for a redelivered message, which has a separate hint', async () => {
    write({ ...long, at: 0, message_id: 'm' });
    const { hints } = await compared(write({ ...long, at: 3_000_000, message_id: 'm' }));
    expect(hints).toEqual([expect.stringContaining('Redelivered')]);
  });
});

describe('a route that receives several kinds of messages', () => {
  const media = (kind: string | undefined, message: string | null) => ({ media: kind, message });
  const quick = (story: Story): Story => story.span('q', 'tool', 'transcribe').at(50).spanEnd('q', 50);

  it.each<[string, { media: string | undefined; message: string | null }]>([
    ['a voice note', media('voice', '[voice note]')],
    ['a picture', media('image', '[image]')],
    ['a status receipt', media(undefined, null)],
  ])('does not compare %s with a text', async (_what, about) => {
    usually(MIN_SAMPLES, { media: 'text' });
    expect((await compared(write({ ...about, work: quick }))).hints.join()).not.toContain('🧩');
    expect((await compared(write({ media: 'text', work: quick }))).hints.join()).toContain('🧩');
  });

  it('compares messages of one kind, and a text with a message whose sender names no kind', async () => {
    usually(MIN_SAMPLES, media('voice', '[voice note]'));
    usually(MIN_SAMPLES, { work: quick });
    expect((await compared(write({ ...media('voice', '[voice note]'), work: quick }))).hints.join()).toContain('🧩');
    expect((await compared(write({ media: 'text', work: quick }))).hints.join()).not.toContain('🧩');
  });
});

describe('a trace without a reply', () => {
  const thinking = (story: Story): Story => story.span('m', 'llm', 'model').at(5).spanEnd('m', 5);
  const hintsOf = async () => (await compared(write({ work: thinking }))).hints;
  const HOW = "📭 No reply was recorded; record replies with traceReply(), or @TraceWebhook({ reply: 'response' })";

  it('has the advice how to record a reply until the store has one, which it keeps', async () => {
    expect(await hintsOf()).toEqual([HOW]);
    write({ work: (story) => story.event('message_sent', { message: 'x' }), status: 'error' });
    expect(await hintsOf()).toEqual(['📭 No reply was recorded']);
    await query.clear({ keepErrors: false });
    expect(await hintsOf()).toEqual(['📭 No reply was recorded']);
    await store.close();
    open();
    expect((await query.traces({ limit: 1 })).count).toBe(1);
    expect((await query.trace((await query.traces({ limit: 1 })).traces[0]!.trace_id)).debug_hints).toEqual([
      '📭 No reply was recorded',
    ]);
    expect((await query.health()).journal).not.toHaveProperty('pruned_traces');
  });
});

describe('a webhook that reports on a message', () => {
  const notices = [{ status: 'failed', code: '131047', message_id: 'wamid.X', contact: '521' }];
  const sending = (id: string) => (story: Story) => story.event('message_sent', { message: 'x', message_id: id });

  it('names the trace that sent it, in the index and after a rebuild', async () => {
    const sender = write({ work: sending('wamid.X') });
    write({ work: sending('wamid.Y') });
    const report = write({ message: null, notices, work: (story) => story });
    const line = `📵 Not delivered: message wamid.X to 521: failed 131047; sent by ${sender}`;
    expect((await query.trace(report)).debug_hints).toContain(line);
    await store.close();
    for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `catalog.db${end}`), { force: true });
    open();
    expect((await query.trace(report)).debug_hints).toContain(line);
  });

  it('names none where none is recorded', async () => {
    write({ work: sending('wamid.Z') });
    const report = write({ message: null, notices, work: (story) => story });
    expect((await query.trace(report)).debug_hints).toContain(
      '📵 Not delivered: message wamid.X to 521: failed 131047',
    );
  });
});

describe('an edited message', () => {
  it('names the trace of the first delivery, and is no redelivery', async () => {
    const first = write({ contact: 'ana', message_id: 'm1' });
    const edit = await query.trace(write({ contact: 'ana', message_id: 'm1', edited: true }));
    expect(edit.debug_hints).toEqual([`✏️ Edited message: it first came in ${first}`]);
    expect(edit.webhook.duplicate_of).toBeNull();
    const again = await query.trace(write({ contact: 'ana', message_id: 'm1' }));
    expect(again.webhook.duplicate_of).toBe(first);
  });
});

describe('a baseline', () => {
  const without = { work: (story: Story): Story => booking(story, { calendar: false }), status: 'error' } as const;
  const isCompared = async (): Promise<boolean> => (await compared(write(without))).details.length > 0;
  const baseline = async (asked: BaselineQuery): Promise<Baseline> => (await store.baseline([asked]))[0]!;

  it('outlives the process, counts each trace once, and is rebuilt from the journal', async () => {
    usually();
    const before = await baseline({ at: NOON, routes: ['WebhookController.receive'], errors: [] });
    await store.close();
    open();
    expect(await baseline({ at: NOON, routes: ['WebhookController.receive'], errors: [] })).toEqual(before);
    expect(before.routes[0]).toMatchObject({ ended: MIN_SAMPLES, completed: MIN_SAMPLES });
    await store.close();
    for (const file of readdirSync(dir).filter((name) => name.startsWith('catalog.db'))) rmSync(join(dir, file));
    open();
    expect(await baseline({ at: NOON, routes: ['WebhookController.receive'], errors: [] })).toEqual(before);
    expect(await isCompared()).toBe(true);
  });

  it('counts whole traces, read in any number of pieces by any number of processes', async () => {
    const story = new Story(`${store.sink.writer.number}-900`, 'late_1', NOON)
      .open()
      .identify({ handler: 'Late.receive' });
    failing('f1')(story).error('crm', 'still', { fingerprint: 'f1' }).end();
    const others: OpenStore[] = [];
    for (const draft of draftsOf(story)) {
      store.sink.append(draft);
      // A new process has only the journal to learn which traces were open.
      others.push(openStore({ dir }));
      await others.at(-1)!.stats.counts();
    }
    const asked = { at: NOON, routes: ['Late.receive → sofia'], errors: [{ fingerprint: 'f1', at: NOON }] };
    const { routes, errors } = await baseline(asked);
    expect(routes[0]).toMatchObject({ ended: 1, completed: 0 });
    expect(errors[0]).toMatchObject({ lastHour: 1, firstAt: NOON + 220_000 });
    for (const other of others) await other.close();
  });

  it('has the times of spans that began before the process that read their end', async () => {
    const story = booking(
      new Story(`${store.sink.writer.number}-900`, 'late_1', NOON).open().identify({ handler: 'L.r' }),
    ).end();
    for (const draft of draftsOf(story)) {
      store.sink.append(draft);
      const other = openStore({ dir });
      await other.stats.counts();
      await other.close();
    }
    const { routes } = await baseline({ at: NOON, routes: ['L.r → sofia'], errors: [] });
    expect(routes[0]!.steps.map(({ name, traces, timed }) => [name, traces, timed])).toEqual([
      ['sofia', 1, 1],
      ['check_calendar', 1, 1],
      ['crm_update', 1, 1],
    ]);
    const p50 = routes[0]!.steps.map(({ p50Ms }) => p50Ms);
    for (const [n, ms] of [220, 60, 120].entries()) expect(Math.abs(p50[n]! / ms - 1)).toBeLessThan(0.05);
  });

  it('is deleted with all traces', async () => {
    usually();
    write({ work: failing('f1'), status: 'error' });
    await query.clear({ keepErrors: false });
    expect(await isCompared()).toBe(false);
    usually();
    expect((await compared(write({ work: failing('f1'), status: 'error' }))).hints.join()).toContain('First time');
  });

  it('keeps the errors of kept traces', async () => {
    write({ work: failing('f1'), status: 'error' });
    await query.clear({ keepErrors: true });
    usually();
    expect((await compared(write({ work: failing('f1'), status: 'error' }))).details).toEqual([]);
  });

  it('names no contact that was erased', async () => {
    const named = (story: Story): Story => booking(story).span('x', 'step', 'reply_to_ana-maria').spanEnd('x', 1);
    usually(MIN_SAMPLES, { contact: 'ana-maria', work: named });
    usually();
    await query.eraseContact('ana-maria');
    const [route] = (await baseline({ at: NOON, routes: ['WebhookController.receive'], errors: [] })).routes;
    expect(route!.completed).toBe(2 * MIN_SAMPLES);
    expect(route!.steps.map(({ name }) => name).sort()).toEqual(['check_calendar', 'crm_update', 'sofia']);
    await store.close();
    const bytes = readdirSync(dir).filter((name) => name.startsWith('catalog.db'));
    for (const file of bytes) expect(readFileSync(join(dir, file)).includes('ana-maria')).toBe(false);
    open();
  });
});
