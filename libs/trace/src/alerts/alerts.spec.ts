import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SharedHealth } from '../model/health.js';
import type { JournalRecord, RecordDraft } from '../model/record.js';
import type { TraceStatus } from '../model/status.js';
import { nextTurn } from '../model/timers.js';
import type { RecordBatch } from '../pipeline/record-consumer.js';
import { MemoryStore } from '../store/memory/memory-store.js';
import type { StoreHealth } from '../store/port.js';
import type { Alert } from './alert.js';
import { type AlertsOptions, resolveAlerts } from './alerts.options.js';
import { Alerts, type AlertsParts } from './alerts.js';
import { alertTo } from './channels/alert-to.js';
import { type AlertRule, alertWhen } from './rules/alert-when.js';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CONTACT = '5215512344821';
const CAPTURED = 'captured <text> of the sender';

interface TraceFacts {
  contact?: string;
  status?: Exclude<TraceStatus, 'active'>;
  /** Origin of an error. */
  error?: string;
  code?: number;
  tookMs?: number;
  usd?: number;
  agent?: string;
  /** The error comes after the end. */
  late?: boolean;
}

let dir: string;
const open: Alerts[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'alerts-'));
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close(10);
  rmSync(dir, { recursive: true, force: true });
});

/** An application with alerts, whose records and time are given by the test. */
class Scene {
  now = 1_700_000_000 * SECOND;
  readonly store = new MemoryStore();
  readonly got: Alert[] = [];
  health: StoreHealth = { problems: [] };
  alerts: Alerts;
  private traces = 0;
  /** Records that the consumer has not got. */
  private undelivered: JournalRecord[] = [];

  constructor(
    private readonly rules: AlertRule[],
    private readonly options: Partial<AlertsOptions> = {},
    private readonly parts: Partial<AlertsParts> = {},
  ) {
    this.alerts = this.start();
  }

  /** Another process of the directory, or the same one after a restart. */
  start(): Alerts {
    const channels = [alertTo.custom((alert) => void this.got.push(alert))];
    const given = { channels, rules: this.rules, url: 'https://app.example.com/debug/', ...this.options };
    const alerts = new Alerts(resolveAlerts(given)!, (work) => work());
    open.push(alerts);
    const { store } = this;
    alerts.start({
      dir,
      instance: 'a1',
      now: () => this.now,
      heads: (keys) => store.feed.heads(keys),
      stored: (ids) => store.getMany(ids),
      store: () => ({ list: (search) => store.list(search), sample: (range) => store.stats.sample(range) }),
      state: async () => ({ health: this.health, consumers: [] }),
      ...this.parts,
    });
    return (this.alerts = alerts);
  }

  /** A trace that ends now. */
  trace(facts: TraceFacts = {}): void {
    const { contact = CONTACT, error, code = 200, tookMs = 100, usd, agent, late } = facts;
    const { status = error === undefined || late ? 'completed' : 'error' } = facts;
    const trace = `1-${(this.traces += 1)}`;
    const start = this.now - tookMs * 1_000;
    const failure = error === undefined ? [] : [errorOf(trace, error, late ? this.now + 1 : start + 2)];
    const drafts: RecordDraft[] = [
      { kind: 'open', trace, id: trace, traceparent: '', ts: start },
      { kind: 'identify', trace, id: `${contact}_${trace}`, contact, message: CAPTURED, ts: start },
      ...(late ? [] : failure),
      ...(usd === undefined ? [] : modelCall(trace, usd, agent, start + 3)),
      { kind: 'response', trace, status: code, ms: tookMs, ts: this.now },
      { kind: 'end', trace, status, ts: this.now },
      ...(late ? failure.map((record) => ({ ...record, late: true as const })) : []),
    ];
    for (const draft of drafts) {
      this.store.sink.append(draft);
      this.undelivered.push({ ...draft, seq: 1 } as JournalRecord);
    }
  }

  /** Delivers what was recorded. Returns the alerts that were sent since the last call. */
  async flush(alerts = this.alerts): Promise<Alert[]> {
    await alerts.consumer.consume({ records: this.undelivered.splice(0) } as unknown as RecordBatch);
    await alerts.consumer.flush?.();
    return this.taken();
  }

  /** The records are lost to the consumer: an earlier process has read them. */
  forget(kind: JournalRecord['kind']): void {
    this.undelivered = this.undelivered.filter((record) => record.kind !== kind);
  }

  async taken(): Promise<Alert[]> {
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    return this.got.splice(0);
  }
}

function errorOf(trace: string, origin: string, ts: number): RecordDraft {
  const [location, type, message] = ['SofiaAgent.reply', 'TypeError', `${CAPTURED} ${origin}`];
  return { kind: 'error', trace, location, type, message, fingerprint: origin, ts };
}

function modelCall(trace: string, usd: number, agent: string | undefined, ts: number): RecordDraft[] {
  const usage = { model: 'gpt-5-mini', input: 10, output: 5, cost_usd: usd, ...(agent !== undefined && { agent }) };
  const attributes = { 'gen_ai.request.model': 'gpt-5-mini' };
  const span = 'a'.repeat(16);
  const above = 'b'.repeat(16);
  return [
    ...(agent === undefined
      ? []
      : [{ kind: 'span' as const, trace, span: above, name: agent, type: 'agent' as const, ts }]),
    { kind: 'span', trace, span, name: 'chat', type: 'llm', attributes, ts },
    { kind: 'span_end', trace, span, ms: 1, usage, ts },
    ...(agent === undefined ? [] : [{ kind: 'span_end' as const, trace, span: above, ms: 2, ts }]),
  ];
}

describe('a new error', () => {
  it('is reported once, when its trace has ended, with where it is and a link, and without captured text', async () => {
    const scene = new Scene([alertWhen.newError({ window: '1h' })]);
    for (let n = 0; n < 1_000; n += 1) scene.trace({ error: 'f1', contact: `contact-${n}` });
    const [alert, ...more] = await scene.flush();
    expect(more).toEqual([]);
    expect(alert).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      rule: 'newError',
      subject: 'f1',
      at: '2023-11-14T22:13:20.000000Z',
      title: 'New error: TypeError in SofiaAgent.reply',
      text: 'This error was not recorded in the last 1 h before.',
      facts: { type: 'TypeError', location: 'SofiaAgent.reply', fingerprint: 'f1', status: 'error' },
      instance: 'a1',
      link: 'https://app.example.com/debug/#/errors?f=f1',
    });
    expect(JSON.stringify(alert)).not.toMatch(/contact-|captured/);
  });

  it('has the message and the trace with `content: message`', async () => {
    const scene = new Scene([alertWhen.newError()], { content: 'message' });
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toMatchObject([
      {
        link: `https://app.example.com/debug/#/t/${CONTACT}_1-1`,
        captured: { message: `${CAPTURED} f1`, trace_ids: [`${CONTACT}_1-1`] },
      },
    ]);
  });

  it('is one that was not seen for the window: one that goes on is not reported again', async () => {
    const scene = new Scene([alertWhen.newError({ window: '1h' })]);
    const again = async (afterMinutes: number): Promise<number> => {
      scene.now += afterMinutes * MINUTE;
      scene.trace({ error: 'f1' });
      return (await scene.flush()).length;
    };
    expect(await again(0)).toBe(1);
    for (let n = 0; n < 5; n += 1) expect(await again(50)).toBe(0);
    expect(await again(61)).toBe(1);
  });

  it('is not one of the sender, who was answered 4xx, unless the rule wants those', async () => {
    const scene = new Scene([alertWhen.newError()]);
    scene.trace({ error: 'bad-signature', code: 401 });
    expect(await scene.flush()).toEqual([]);
    const strict = new Scene([alertWhen.newError({ clientErrors: true })]);
    strict.trace({ error: 'bad-signature', code: 401 });
    expect(await strict.flush()).toMatchObject([{ subject: 'bad-signature' }]);
  });

  it('after the end of its trace is reported, too', async () => {
    const scene = new Scene([alertWhen.newError()]);
    scene.trace({ error: 'late-one', late: true });
    expect(await scene.flush()).toMatchObject([{ subject: 'late-one' }]);
  });

  it('is not reported again after a restart, nor by another process of the directory', async () => {
    const scene = new Scene([alertWhen.newError()]);
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toHaveLength(1);
    scene.trace({ error: 'f1' });
    expect(await scene.flush(scene.start())).toEqual([]);
    expect((await scene.start().state()).sent).toMatchObject([
      { subject: 'f1', instance: 'a1', title: 'New error: TypeError in SofiaAgent.reply' },
    ]);
  });

  it('of a process that died before its trace had ended is read from the store', async () => {
    const scene = new Scene([alertWhen.newError()]);
    scene.trace({ error: 'crash', status: 'interrupted' });
    scene.forget('error');
    expect(await scene.flush()).toMatchObject([{ subject: 'crash', facts: { status: 'interrupted' } }]);
  });

  it('in old records is noted and not reported: what goes on since then is not new', async () => {
    const scene = new Scene([alertWhen.newError({ window: '1d' })]);
    scene.trace({ error: 'known' });
    scene.trace({ error: 'gone' });
    scene.now += 12 * HOUR;
    expect(await scene.flush()).toEqual([]);
    scene.trace({ error: 'known' });
    expect(await scene.flush()).toEqual([]);
    scene.now += 2 * DAY;
    scene.trace({ error: 'gone' });
    expect(await scene.flush()).toHaveLength(1);
  });

  it('is reported when nothing can be written into the directory, once per process, and health says so', async () => {
    const scene = new Scene([alertWhen.newError()], {}, { dir: join(import.meta.filename, 'no-folder') });
    for (let n = 0; n < 3; n += 1) scene.trace({ error: 'f1' });
    expect(await scene.flush()).toHaveLength(1);
    scene.now += HOUR * 2;
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toEqual([]);
    expect(scene.alerts.problems()).toEqual([expect.stringMatching(/^An alert could not be noted, .*ENOTDIR/)]);
  });

  it('is looked at again when its trace could not be read', async () => {
    let failure: Error | undefined = new Error('the index is busy');
    const scene: Scene = new Scene(
      [alertWhen.newError()],
      {},
      { heads: async (keys) => (failure ? Promise.reject(failure) : scene.store.feed.heads(keys)) },
    );
    scene.trace({ error: 'f1' });
    await expect(scene.flush()).rejects.toThrow('the index is busy');
    failure = undefined;
    expect(await scene.flush()).toHaveLength(1);
  });
});

describe('an error whose group', () => {
  it('is ignored is not reported, and one that was resolved is reported when it is back', async () => {
    const scene: Scene = new Scene([alertWhen.newError()], {}, { marks: async () => marks });
    let marks = [{ fingerprint: 'f1', state: 'ignored' as 'ignored' | 'resolved', at: scene.now - SECOND }];
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toEqual([]);
    marks = [];
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toHaveLength(1);
    marks = [{ fingerprint: 'f1', state: 'resolved', at: scene.now + MINUTE }];
    scene.trace({ error: 'f1' });
    expect(await scene.flush()).toEqual([]);
    scene.now += 2 * MINUTE;
    for (let n = 0; n < 3; n += 1) scene.trace({ error: 'f1' });
    expect(await scene.flush()).toMatchObject([
      { title: 'Resolved error is back: TypeError in SofiaAgent.reply', subject: 'f1' },
    ]);
  });
});

describe('rules about a range of time', () => {
  it('report a share of failed traces, from a number of traces on', async () => {
    const scene = new Scene([alertWhen.errorRate({ over: 0.1, of: 20, window: '5m' })]);
    for (let n = 0; n < 2; n += 1) scene.trace({ error: 'f1' });
    for (let n = 0; n < 17; n += 1) scene.trace();
    expect(await scene.flush()).toEqual([]);
    const more = new Scene([alertWhen.errorRate({ over: 0.1, of: 20, window: '5m' })]);
    for (let n = 0; n < 5; n += 1) more.trace({ error: 'f1' });
    for (let n = 0; n < 15; n += 1) more.trace();
    expect(await more.flush()).toMatchObject([
      {
        rule: 'errorRate',
        subject: null,
        title: '25 % of traces failed in 5 min',
        text: '5 of 20 traces failed; the limit is 10 %.',
        facts: { failed: 5, traces: 20, error_rate: 0.25 },
        link: 'https://app.example.com/debug/#/?q=status%3Afailed%20since%3A2023-11-14T22%3A08%3A20Z',
      },
    ]);
  });

  it('do not count traces that the sender was answered 4xx for', async () => {
    const scene = new Scene([alertWhen.errorRate()]);
    for (let n = 0; n < 30; n += 1) scene.trace({ error: 'bad-signature', code: 401 });
    for (let n = 0; n < 20; n += 1) scene.trace();
    expect(await scene.flush()).toEqual([]);
    const strict = new Scene([alertWhen.errorRate({ clientErrors: true })]);
    for (let n = 0; n < 30; n += 1) strict.trace({ error: 'bad-signature', code: 401 });
    expect(await strict.flush()).toMatchObject([{ facts: { failed: 30, traces: 30 } }]);
  });

  it('report contacts without a reply, and count each contact once', async () => {
    const scene = new Scene([alertWhen.silent({ count: 3, window: '15m' })]);
    for (let n = 0; n < 5; n += 1) scene.trace({ status: 'silent', contact: 'ana' });
    expect(await scene.flush()).toEqual([]);
    const more = new Scene([alertWhen.silent({ count: 3, window: '15m' })]);
    for (const contact of ['ana-1', 'ana-1', 'bob-1', 'cyd-1']) more.trace({ status: 'silent', contact });
    const [alert] = await more.flush();
    expect(alert).toMatchObject({
      title: '3 contacts got no reply in 15 min',
      text: '4 traces ended without a recorded reply.',
      facts: { contacts: 3, traces: 4 },
    });
    expect(JSON.stringify(alert)).not.toMatch(/ana|bob|cyd/);
  });

  it('report slow traces by when they ended', async () => {
    const scene = new Scene([alertWhen.slow({ ms: 10_000, count: 2, window: '5m' })]);
    scene.trace({ tookMs: 9_999 });
    scene.trace({ tookMs: 12_000 });
    expect(await scene.flush()).toEqual([]);
    const more = new Scene([alertWhen.slow({ ms: 10_000, count: 2, window: '5m' })]);
    more.trace({ tookMs: 12_000 });
    more.trace({ tookMs: 600_000 });
    expect(await more.flush()).toMatchObject([
      {
        title: '2 traces took 10 s or longer in 5 min',
        text: 'The longest took 600 s.',
        facts: { longest_ms: 600_000 },
      },
    ]);
  });

  it('report what model calls cost, in all or per agent, as far as it is known', async () => {
    const scene = new Scene([alertWhen.cost({ usd: 20, window: '1d' }), alertWhen.cost({ usd: 15, by: 'agent' })]);
    scene.trace({ usd: 12, agent: 'sofia' });
    expect(await scene.flush()).toEqual([]);
    const more = new Scene([alertWhen.cost({ usd: 20, window: '1d' }), alertWhen.cost({ usd: 15, by: 'agent' })]);
    more.trace({ usd: 16.5, agent: 'sofia' });
    more.trace({ usd: 5, agent: 'maria' });
    const alerts = await more.flush();
    expect(alerts.map(({ title, subject }) => [title, subject])).toEqual([
      ['Model calls cost $21.5 in 1 d', null],
      ['agent sofia cost $16.5 in 1 d', 'sofia'],
    ]);
  });

  it('are quiet for a while after an alert, in all processes, and report again then', async () => {
    const scene = new Scene([alertWhen.silent({ count: 1, window: '1m' })], { quiet: '30m' });
    const again = async (alerts: Alerts): Promise<number> => {
      scene.trace({ status: 'silent' });
      return (await scene.flush(alerts)).length;
    };
    expect(await again(scene.alerts)).toBe(1);
    scene.now += 29 * MINUTE;
    expect(await again(scene.start())).toBe(0);
    scene.now += 2 * MINUTE;
    expect(await again(scene.start())).toBe(1);
  });

  it('that cannot be evaluated are a problem of health, and the others are evaluated', async () => {
    const scene: Scene = new Scene(
      [alertWhen.errorRate(), alertWhen.silent({ count: 1 })],
      {},
      {
        store: () => ({
          list: (search) => scene.store.list(search),
          sample: () => Promise.reject(new Error('the store does not count traces')),
        }),
      },
    );
    scene.trace({ status: 'silent' });
    expect(await scene.flush()).toMatchObject([{ rule: 'silent' }]);
    expect(scene.alerts.problems()).toEqual([
      'Alert rule errorRate could not be evaluated: the store does not count traces.',
    ]);
  });
});

describe('rules about the collector', () => {
  const shared = (given: Partial<SharedHealth>): SharedHealth => ({
    kind: 'postgres',
    connected: true,
    since: '2023-11-14T22:00:00.000Z',
    lag_bytes: 5_000,
    lag_ms: 0,
    unshipped_lost: 0,
    last_error: 'password authentication failed',
    ...given,
  });

  it('report records that this process dropped, and not what was lost before', async () => {
    const scene = new Scene([alertWhen.lost()]);
    scene.health = { problems: [], dropped: { full_disk: 7 }, corruptRecords: 3 };
    await scene.alerts.tick();
    expect(await scene.taken()).toMatchObject([
      { title: 'Traces of a1 were lost', facts: { records_full_disk: 7 }, subject: 'a1' },
    ]);
  });

  it('report a shared store that is behind, or out of reach, without its own words', async () => {
    for (const [given, title] of [
      [{ lag_ms: 59_999 }, undefined],
      [{ lag_ms: 60_000 }, 'The shared store is behind with records of a1'],
      [{ connected: false }, 'The shared store is out of reach for a1'],
    ] as const) {
      rmSync(join(dir, 'alerts'), { recursive: true, force: true });
      const scene = new Scene([alertWhen.shipping({ lagMs: 60_000 })]);
      scene.health = { problems: [], shared: shared(given) };
      await scene.alerts.tick();
      const alerts = await scene.taken();
      expect(alerts.map((alert) => alert.title)).toEqual(title === undefined ? [] : [title]);
      expect(JSON.stringify(alerts)).not.toContain('password');
    }
  });
});

it('a claim of all instances comes before that of the directory, which is used while the store is away', async () => {
  const claims: string[] = [];
  let isAway = false;
  const sharedAlerts = {
    claim: async ({ subject }: { subject: string }) => {
      if (isAway) throw new Error('connection refused');
      claims.push(subject);
      return subject !== 'claimed-elsewhere';
    },
    list: async () => [],
  };
  const scene = new Scene([alertWhen.newError()], {}, { shared: sharedAlerts });
  scene.trace({ error: 'claimed-elsewhere' });
  scene.trace({ error: 'mine' });
  expect(await scene.flush()).toMatchObject([{ subject: 'mine' }]);
  isAway = true;
  scene.trace({ error: 'while-away' });
  scene.trace({ error: 'while-away' });
  expect(await scene.flush()).toMatchObject([{ subject: 'while-away' }]);
  expect(claims).toEqual(['claimed-elsewhere', 'mine']);
  expect(scene.alerts.problems().join()).toContain('connection refused');
});
