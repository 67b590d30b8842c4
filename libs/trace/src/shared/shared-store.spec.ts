import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { MemoryStore, positionOf } from '../../../../test/support/memory-store.js';
import { FakeShipper } from '../../../../test/support/fake-shipper.js';
import { Story } from '../../../../test/support/story.js';
import { TraceCollectorError } from '../model/errors.js';
import type { StoreInstance } from '../model/health.js';
import type { JournalRecord } from '../model/record.js';
import { StreamHub } from '../query/stream/stream-hub.js';
import { TraceQueryService } from '../query/trace-query.js';
import { SharedStore } from './shared-store.js';

const START = Date.UTC(2024, 0, 20, 14, 2, 11) * 1000;
const ONLY_OURS = 'this shows only what this instance recorded in the last hour or since then.';
const down = (): TraceCollectorError => new TraceCollectorError('STORE_UNAVAILABLE', 'connect ECONNREFUSED.');

/** A trace of this contact that starts in this second. */
function traceOf(contact: string, second: number, end = true): JournalRecord[] {
  const start = START + second * 1_000_000;
  const story = new Story(
    `1-${contact}-${second}`,
    `${contact}_20240120_1402${String(second).padStart(2, '0')}_000000`,
    start,
  )
    .open()
    .identify({ contact, message: `hello from ${contact}` });
  return [...(end ? story.end('completed') : story).records];
}

interface Opened {
  store: SharedStore;
  queries: TraceQueryService;
  local: MemoryStore;
  remote: MemoryStore;
  shipper: FakeShipper;
  /** Records in this process. */
  record(...records: JournalRecord[]): void;
}

const opened: SharedStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

function open({ answerMs }: { answerMs?: number } = {}): Opened {
  const local = new MemoryStore();
  const remote = new MemoryStore();
  const shipper = new FakeShipper(local, remote);
  const store = new SharedStore({
    local,
    remote,
    shipper,
    position: () => (local.records.length === 0 ? undefined : { segment: 1, offset: local.records.length }),
    self: { instance: 'web-1', host: 'h1', pid: 7, version: '1.0.0', writer: 'w' },
    kind: 'postgres',
    shown: 'postgres://app:***@db/traces',
    keepLocalMs: 3_600_000,
    timeOf: () => '14:02:11',
    answerMs,
  });
  opened.push(store);
  const queries = new TraceQueryService({ store, version: '1.0.0' });
  return { store, queries, local, remote, shipper, record: (...records) => local.append(...records) };
}

const ids = (page: { traces: { trace_id: string }[] }): string[] => page.traces.map(({ trace_id }) => trace_id);

describe('a question to a shared store', () => {
  it('has what this process recorded before it, and what others did', async () => {
    const { queries, record, remote } = open();
    remote.append(...traceOf('ben', 1));
    record(...traceOf('ana', 2));
    const answer = await queries.traces({});
    expect(ids(answer)).toEqual(['ana_20240120_140202_000000', 'ben_20240120_140201_000000']);
    expect(answer).not.toHaveProperty('degraded');
  });

  it('flushes once, and not at all when nothing was recorded since', async () => {
    const { queries, record, shipper } = open();
    await queries.traces({});
    expect(shipper.flushes).toBe(0);
    record(...traceOf('ana', 1));
    await queries.trace('ana_20240120_140201_000000');
    expect(shipper.flushes).toBe(1);
    await Promise.all([queries.traces({}), queries.stats({}), queries.quickDebug('ana')]);
    expect(shipper.flushes).toBe(1);
  });

  it('does not wait for a flush while records cannot be shipped', async () => {
    const { queries, record, shipper } = open();
    shipper.disconnect('disk full');
    record(...traceOf('ana', 1));
    const answer = await queries.traces({});
    expect(shipper.flushes).toBe(0);
    expect(ids(answer)).toEqual(['ana_20240120_140201_000000']);
    expect(answer).not.toHaveProperty('degraded');
  });

  it('shares the flush of questions that come together', async () => {
    const { queries, record, shipper } = open();
    record(...traceOf('ana', 1));
    await Promise.all(Array.from({ length: 20 }, () => queries.traces({})));
    expect(shipper.flushes).toBe(1);
  });
});

describe('own records that are not in the shared store yet', () => {
  const late = (): Opened => {
    const found = open();
    found.shipper.stuck = true;
    return found;
  };

  it('are merged into lists, newest first, with the instance', async () => {
    const { queries, record, remote } = late();
    remote.append(...traceOf('ben', 1), ...traceOf('bea', 3));
    record(...traceOf('ana', 2));
    const { traces } = await queries.traces({});
    expect(traces.map(({ contact_id, instance }) => [contact_id, instance])).toEqual([
      ['bea', undefined],
      ['ana', 'web-1'],
      ['ben', undefined],
    ]);
  });

  it('replace what the shared store has of the same trace', async () => {
    const { queries, record, remote } = late();
    const records = traceOf('ana', 1);
    remote.append(...records.slice(0, 2));
    record(...records);
    expect((await queries.traces({})).traces).toMatchObject([{ contact_id: 'ana', status: 'completed' }]);
    expect(await queries.trace('ana_20240120_140201_000000')).toMatchObject({ status: 'completed' });
    expect(await queries.active()).toMatchObject({ count: 0, traces: [] });
  });

  it('do not replace what the shared store has more of', async () => {
    const { queries, record, remote } = late();
    const records = traceOf('ana', 1);
    remote.append(...records);
    record(...records.slice(0, 2));
    expect((await queries.traces({})).traces).toMatchObject([{ contact_id: 'ana', status: 'completed' }]);
    expect(await queries.trace('ana_20240120_140201_000000')).toMatchObject({ status: 'completed' });
  });

  it('are on exactly one of the pages', () =>
    assert(
      asyncProperty(
        array(constantFrom('remote', 'local', 'both', 'grown'), { maxLength: 25 }),
        integer({ min: 1, max: 7 }),
        async (places, limit) => {
          const { queries, record, remote } = late();
          for (const [second, place] of places.entries()) {
            const records = traceOf(`c${second}`, second);
            if (place !== 'local') remote.append(...(place === 'grown' ? records.slice(0, 2) : records));
            if (place !== 'remote') record(...records);
          }
          const seen: string[] = [];
          const completed: string[] = [];
          for (const [list, filter] of [
            [seen, {}],
            [completed, { status: 'completed' as const }],
          ] as const) {
            let before: string | undefined;
            for (let pages = 0; pages < 60; pages += 1) {
              const page = await queries.traces({ limit, before, ...filter });
              list.push(...page.traces.map(({ contact_id }) => contact_id));
              if (page.next === null) break;
              before = page.next;
            }
          }
          const all = places.map((_place, second) => `c${second}`).reverse();
          expect(seen).toEqual(all);
          expect(completed).toEqual(all);
        },
      ),
      { numRuns: 60 },
    ));
});

describe('a shared store out of reach', () => {
  it('is replaced by the own directory, and every answer says so', async () => {
    const { queries, record, remote } = open();
    remote.append(...traceOf('ben', 1));
    record(...traceOf('ana', 2));
    remote.failure = down();
    const degraded = `The shared store has been unreachable since 14:02:11: ${ONLY_OURS}`;
    const answer = await queries.traces({});
    expect(answer).toMatchObject({ degraded, count: 1, traces: [{ contact_id: 'ana', instance: 'web-1' }] });
    for (const other of [
      queries.stats({}),
      queries.active(),
      queries.contact('ana'),
      queries.conversation('ana'),
      queries.quickDebug('ana'),
      queries.errorGroups({}),
      queries.insights({}),
      queries.lastTrace(),
      queries.instances(),
    ]) {
      expect(await other).toHaveProperty('degraded', degraded);
    }
    expect(await queries.trace('ana')).not.toHaveProperty('degraded');
  });

  it('is named when a trace is not found', async () => {
    const { queries, remote } = open();
    remote.failure = down();
    for (const question of [queries.trace('ben_x'), queries.contact('ben'), queries.lastTrace(), queries.lastError()]) {
      await expect(question).rejects.toThrow('The shared store has been unreachable since 14:02:11');
    }
  });

  it('is not asked again until a probe reaches it', async () => {
    const { queries, remote } = open();
    remote.failure = down();
    await queries.traces({});
    const calls = remote.calls.list;
    await Promise.all([queries.traces({}), queries.active(), queries.stats({})]);
    expect(remote.calls.list).toBe(calls);
    remote.failure = undefined;
    remote.append(...traceOf('ben', 1));
    let answer = await queries.traces({});
    while (answer.degraded !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answer = await queries.traces({});
    }
    expect(answer.traces).toMatchObject([{ contact_id: 'ben' }]);
  });

  it('is one that does not answer in time', async () => {
    const { queries, remote, record } = open({ answerMs: 20 });
    record(...traceOf('ana', 1));
    remote.list = () => new Promise(() => undefined);
    const { degraded, count } = await queries.traces({});
    expect(count).toBe(1);
    expect(degraded).toContain('has been unreachable since');
  });

  it.each([
    ['SCHEMA_NEWER', 'The tables are of version 9.'],
    ['SCHEMA_OUTDATED', 'The tables are missing.'],
    ['DRIVER_MISSING', 'Install pg.'],
  ] as const)('gives the reason of %s', async (code, message) => {
    const { queries, remote } = open();
    remote.failure = new TraceCollectorError(code, message);
    expect((await queries.traces({})).degraded).toBe(
      `The shared store cannot be used since 14:02:11 (${message.slice(0, -1)}): ${ONLY_OURS}`,
    );
  });

  it('is not meant by an error of one question, which is answered locally', async () => {
    const { queries, remote, record } = open();
    record(...traceOf('ana', 1));
    remote.failure = new Error('canceling statement due to statement timeout');
    expect(await queries.traces({})).toMatchObject({
      count: 1,
      degraded: `The shared store could not answer this question (canceling statement due to statement timeout): ${ONLY_OURS}`,
    });
    remote.failure = undefined;
    expect(await queries.traces({})).not.toHaveProperty('degraded');
  });

  it('lets errors of the caller through', async () => {
    const { queries, remote } = open();
    remote.failure = new TraceCollectorError('BAD_POSITION', 'no cursor');
    await expect(queries.traces({ before: 'x' })).rejects.toMatchObject({ code: 'BAD_POSITION' });
  });

  it('takes the cursors of the local store, and the other way round', async () => {
    const { queries, remote, record } = open();
    for (let second = 0; second < 9; second += 1) record(...traceOf(`c${second}`, second));
    const seen: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      remote.failure = page === 1 ? new Error('slow') : undefined;
      const answer = await queries.traces({ limit: 3, before });
      expect(answer.degraded === undefined).toBe(page !== 1);
      seen.push(...answer.traces.map(({ contact_id }) => contact_id));
      before = answer.next ?? undefined;
    }
    expect(seen).toEqual(['c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
    expect(before).toBeUndefined();
  });

  it('has no traces of other instances, and all of this one', async () => {
    const { queries, remote, record } = open();
    record(...traceOf('ana', 1));
    remote.failure = down();
    expect(await queries.traces({ instance: 'web-2' })).toMatchObject({ count: 0, degraded: expect.any(String) });
    expect(await queries.traces({ q: 'instance:web-1' })).toMatchObject({ count: 1 });
  });

  it('leaves this process in the list of instances', async () => {
    const { queries, remote, record, shipper } = open();
    remote.failure = down();
    record(...traceOf('ana', 1, false));
    shipper.state.lagBytes = 40;
    expect(await queries.instances()).toMatchObject({
      count: 1,
      instances: [{ instance: 'web-1', pid: 7, state: 'live', lag_bytes: 40, active_traces: 1 }],
    });
  });

  it('lists the instances that it has, when it answers', async () => {
    const { queries, remote } = open();
    const other = { instance: 'web-2', state: 'silent', startedAt: START, seenAt: START } as StoreInstance;
    Object.assign(remote, { instances: async () => [other] });
    expect((await queries.instances()).instances).toMatchObject([{ instance: 'web-2', state: 'silent' }]);
  });
});

describe('deleting', () => {
  it.each([
    ['pin', 'pinned'],
    ['clear', 'deleted'],
    ['erase', 'erased'],
  ] as const)('%s is refused while the shared store is out of reach, and changes nothing here', async (call, done) => {
    const { store, local, remote, record } = open();
    record(...traceOf('ana', 1));
    remote.failure = down();
    const { admin } = store;
    const work = {
      pin: () => admin!.pin('ana', true),
      clear: () => admin!.clear({ keepErrors: false }),
      erase: () => admin!.erase('ana'),
    };
    await expect(work[call]()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(`Nothing was ${done}, because the shared store is out of reach`) as string,
    });
    expect(local.calls[call]).toBeUndefined();
  });

  it.each(['clear', 'erase'] as const)('%s ships first, then deletes in both places', async (call) => {
    const { store, local, remote, record, shipper } = open();
    record(...traceOf('ana', 1));
    const { removed } =
      call === 'clear' ? await store.admin!.clear({ keepErrors: false }) : await store.admin!.erase('ana');
    expect(removed).toBeGreaterThan(0);
    expect([shipper.flushes, local.calls[call], remote.calls[call]]).toEqual([1, 1, 1]);
  });

  it('says what is left when the directory fails', async () => {
    const { store, local } = open();
    local.admin.erase = () => Promise.reject(new Error('The index is locked.'));
    await expect(store.admin!.erase('ana')).rejects.toThrow(
      'The shared store erased the contact, but this directory still has copies: The index is locked. Try again.',
    );
  });

  it('pins in the shared store only', async () => {
    const { store, local, remote } = open();
    await store.admin!.pin('ana', true);
    expect([local.calls.pin, remote.calls.pin]).toEqual([undefined, 1]);
  });
});

describe('a stream over a shared store', () => {
  it('waits while the store is out of reach, and misses nothing', async () => {
    const { queries, remote } = open();
    remote.append(...traceOf('old', 1));
    const messages = queries.stream({ after: positionOf(0) })[Symbol.asyncIterator]();
    const first = await messages.next();
    expect(first.value).toMatchObject({ data: { contact_id: 'old' } });
    remote.failure = down();
    remote.append(...traceOf('ana', 2), ...traceOf('ben', 3));
    const rest = (async () => {
      const contacts: string[] = [];
      while (contacts.at(-1) !== 'ben') {
        const { value } = await messages.next();
        if (value?.type === 'trace.started') contacts.push(value.data.contact_id);
      }
      return contacts;
    })();
    await new Promise((resolve) => setTimeout(resolve, 50));
    remote.failure = undefined;
    expect(await rest).toEqual(['ana', 'ben']);
    await messages.return!();
  });

  it('names the instance that recorded a trace', async () => {
    const { queries, remote } = open();
    const { heads } = remote.feed;
    remote.feed.heads = async (keys) =>
      new Map(Array.from(await heads(keys), ([key, head]) => [key, { ...head, instance: 'web-2' }]));
    const messages = queries.stream({ after: positionOf(0) })[Symbol.asyncIterator]();
    remote.append(...traceOf('ana', 1));
    expect((await messages.next()).value).toMatchObject({ type: 'trace.started', data: { instance: 'web-2' } });
    expect((await messages.next()).value).toMatchObject({ type: 'trace.ended', data: { instance: 'web-2' } });
    await messages.return!();
  });

  it('can be opened meanwhile, and ends when the store is closed', async () => {
    const { store, remote } = open();
    remote.failure = down();
    await store.list({ limit: 1 });
    const messages = new StreamHub(store).subscribe({})[Symbol.asyncIterator]();
    const first = messages.next();
    await store.close();
    await expect(first).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('health of a shared store', () => {
  it('has its state', async () => {
    const { queries } = open();
    expect(await queries.health()).toMatchObject({
      status: 'ok',
      shared: { kind: 'postgres', connected: true, lag_bytes: 0, lag_ms: 0, unshipped_lost: 0, last_error: null },
    });
  });

  it('finds out by itself that the store is out of reach, and that it is back', async () => {
    const { queries, remote, shipper } = open();
    remote.failure = down();
    shipper.state.lagBytes = 1_000;
    expect(await queries.health()).toMatchObject({
      status: 'degraded',
      shared: { connected: false, last_error: 'connect ECONNREFUSED.' },
      reasons: [
        'The shared store postgres://app:***@db/traces has not answered since 14:02:11: connect ECONNREFUSED. 1000 bytes wait in the directory.',
      ],
    });
    remote.failure = undefined;
    expect(await queries.health()).toMatchObject({ status: 'ok', shared: { connected: true } });
  });

  it('says when records are not taken while questions are answered', async () => {
    const { queries, shipper } = open();
    shipper.disconnect('permission denied for table chunks');
    expect(await queries.health()).toMatchObject({
      status: 'degraded',
      shared: { connected: false, last_error: 'permission denied for table chunks' },
      reasons: [expect.stringContaining('answers questions, but has taken no records of this instance since 14:02:11')],
    });
  });

  it('counts what was deleted unshipped', async () => {
    const { queries, shipper } = open();
    shipper.state.lostBytes = 5;
    expect(await queries.health()).toMatchObject({ status: 'degraded', shared: { unshipped_lost: 5 } });
  });
});
