import { array, assert, asyncProperty, integer, nat } from 'fast-check';
import { MemoryStore, positionOf } from '../../../../../test/support/memory-store.js';
import { Story } from '../../../../../test/support/story.js';
import type { JournalRecord } from '../../model/record.js';
import type { StreamMessage } from '../../contract/responses.js';
import { StreamHub } from './stream-hub.js';
import type { StreamParams } from '../../contract/trace-queries.js';

const START = Date.UTC(2024, 0, 20, 14, 30) * 1000;

/** Two traces of one process with their records mixed, a guard's event before `identify`, a late event, a gap. */
function twoTraces(): JournalRecord[] {
  let last = 0;
  const seq = (): number => (last += 1);
  const a = new Story('1-1', 'ana_20240120_143000_000000', START, seq);
  const b = new Story('1-2', 'ben_20240120_143000_000001', START + 1, seq);
  a.open().event('signature_checked').span('a0', 'step', 'Guard.check').spanEnd('a0', 2);
  b.open();
  a.identify({ contact: 'ana' }).response(202).span('a1', 'agent', 'sofia');
  b.identify({ contact: 'ben', contacts: ['bea'] });
  a.span('a2', 'tool', 'calendar', { parent: 'a1', input: 'friday' });
  b.event('agent_routing', { from: 'supervisor', to: 'maria' });
  a.spanEnd('a2', 40, { output: [1, 2] }).error('Sofia.reply', 'boom', { span: 'a1' });
  b.response(202).end();
  a.spanEnd('a1', 90, { outcome: 'error' }).end('error').event('crm_synced', {}, { late: true });
  const records: JournalRecord[] = [...a.records, ...b.records].sort((x, y) => x.seq - y.seq);
  records.unshift({ kind: 'segment', seq: 0, ts: START, format: 2, writer: 1, pid: 1, host: 'h', version: '0' });
  records.splice(9, 0, { kind: 'gap', seq: 0, ts: START, dropped: { ENOSPC: 1 } });
  return records;
}

const RECORDS = twoTraces();

function storeOf(records: readonly JournalRecord[] = RECORDS): MemoryStore {
  const store = new MemoryStore();
  store.append(...records);
  return store;
}

/** A client with a promise of its next messages. */
function clientOf(hub: StreamHub, params: StreamParams) {
  const settled = new AbortController();
  const ready = new Promise((resolve) => settled.signal.addEventListener('abort', resolve));
  const iterator = hub.subscribe({ ...params, onReady: () => settled.abort() })[Symbol.asyncIterator]();
  const first = iterator.next();
  let started = false;
  const next = async (): Promise<StreamMessage | undefined> => {
    const { value } = await (started ? iterator.next() : first);
    started = true;
    return value as StreamMessage | undefined;
  };
  return {
    ready,
    first,
    next,
    async take(count: number): Promise<StreamMessage[]> {
      const taken: StreamMessage[] = [];
      while (taken.length < count) {
        const message = await next();
        if (!message) break;
        taken.push(message);
      }
      return taken;
    },
    stop: () => iterator.return!(),
  };
}

/** Every message after `after`, from a store that receives no records. */
async function replay(store: MemoryStore, count: number, params: StreamParams = { after: positionOf(0) }) {
  const client = clientOf(new StreamHub(store), params);
  const messages = await client.take(count);
  await client.stop();
  return messages;
}

const MESSAGES = 13;
let whole: StreamMessage[];
beforeAll(async () => {
  whole = await replay(storeOf(), MESSAGES);
});

function shape({ type, data }: StreamMessage): string {
  if (type === 'trace.started') {
    return `started ${data.contact_id} ${data.events_so_far.map((event) => event.name ?? event.type).join('+')}`;
  }
  if (type === 'trace.ended') return `ended ${data.contact_id} ${data.status}`;
  return `${data.contact_id} ${data.event.name ?? data.event.type} ${data.event.duration_ms ?? '-'}`;
}

describe('StreamHub', () => {
  it('reports a trace: started once its contact is identified, every event, a span twice, ended', () => {
    expect(whole.map(shape)).toEqual([
      'started ana webhook_received+signature_checked+Guard.check',
      'ana webhook_acknowledged -',
      'ana sofia -',
      'started ben webhook_received',
      'ana calendar -',
      'ben agent_routing -',
      'ana calendar 40',
      'ana Sofia.reply -',
      'ben webhook_acknowledged -',
      'ended ben completed',
      'ana sofia 90',
      'ended ana error',
      'ana crm_synced -',
    ]);
  });

  it('gives every message the position of its record as id, also inside the data', () => {
    expect(new Set(whole.map(({ id }) => id)).size).toBe(MESSAGES);
    expect(whole.every(({ id, data }) => data.id === id)).toBe(true);
  });

  it('updates a span under the same seq and id when it ends', () => {
    const calendar = whole.flatMap(({ type, data }) =>
      type === 'trace.event' && data.event.name === 'calendar' ? [data.event] : [],
    );
    expect(calendar).toEqual([
      expect.objectContaining({ span_id: 'a2', duration_ms: null, data: { input: 'friday' } }),
      expect.objectContaining({ span_id: 'a2', duration_ms: 40, data: { input: 'friday', output: [1, 2] } }),
    ]);
    expect(calendar[0]?.seq).toBe(calendar[1]?.seq);
  });

  it('resumes after any message with exactly the messages that follow', async () => {
    for (let cut = 0; cut <= MESSAGES; cut += 1) {
      const after = cut === 0 ? positionOf(0) : whole[cut - 1]!.id;
      expect(await replay(storeOf(), MESSAGES - cut, { after })).toEqual(whole.slice(cut));
    }
  });

  it('resumes at any record, also at one without a message', async () => {
    for (let place = 0; place <= RECORDS.length; place += 1) {
      const expected = whole.filter(({ id }) => Number(id.slice(1, -1)) > place);
      expect(await replay(storeOf(), expected.length, { after: positionOf(place) })).toEqual(expected);
    }
  });

  it('joins replay and live without a gap or a copy, for any timing of appends and cuts', async () => {
    await assert(
      asyncProperty(
        nat(RECORDS.length),
        nat(RECORDS.length),
        array(integer({ min: 1, max: 4 }), { maxLength: 12 }),
        integer({ min: 1, max: 3 }),
        async (before, place, batches, maxWaiting) => {
          const store = storeOf(RECORDS.slice(0, Math.max(before, place)));
          const hub = new StreamHub(store, maxWaiting);
          const other = clientOf(hub, {});
          const client = clientOf(hub, { after: positionOf(place) });
          const expected = whole.filter(({ id }) => Number(id.slice(1, -1)) > place);
          const taken = client.take(expected.length);
          for (const size of [...batches, RECORDS.length]) {
            store.append(...RECORDS.slice(store.records.length, store.records.length + size));
            for (let turns = size; turns > 0; turns -= 1) await Promise.resolve();
          }
          expect(await taken).toEqual(expected);
          await Promise.all([client.stop(), other.stop()]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('sends a client without a position only new messages', async () => {
    const store = storeOf(RECORDS.slice(0, 12));
    const client = clientOf(new StreamHub(store), {});
    await client.ready;
    store.append(...RECORDS.slice(12));
    const expected = whole.filter(({ id }) => Number(id.slice(1, -1)) > 12);
    expect(await client.take(expected.length)).toEqual(expected);
    await client.stop();
  });

  it('sends a late client of a busy hub no earlier message', async () => {
    const store = storeOf(RECORDS.slice(0, 6));
    const hub = new StreamHub(store);
    const early = clientOf(hub, {});
    await early.ready;
    store.append(...RECORDS.slice(6, 12));
    const late = clientOf(hub, {});
    await late.ready;
    store.append(...RECORDS.slice(12));
    const expected = whole.filter(({ id }) => Number(id.slice(1, -1)) > 12);
    expect(await late.take(expected.length)).toEqual(expected);
    await Promise.all([early.stop(), late.stop()]);
  });

  it('builds each message once for all clients and reads the feed once', async () => {
    const store = storeOf([]);
    const hub = new StreamHub(store);
    const clients = Array.from({ length: 50 }, () => clientOf(hub, {}));
    await Promise.all(clients.map(({ ready }) => ready));
    const reads = store.calls.readAfter ?? 0;
    store.append(...RECORDS);
    const taken = await Promise.all(clients.map((client) => client.take(MESSAGES)));
    expect(taken[0]).toEqual(whole);
    for (const messages of taken) expect(messages.every((message, at) => message === taken[0]![at])).toBe(true);
    expect((store.calls.readAfter ?? 0) - reads).toBe(1);
    expect(store.listening).toBe(1);
    await Promise.all(clients.map((client) => client.stop()));
    expect(store.listening).toBe(0);
  });

  it('lets a client that is too slow fetch what it missed, without delay for others', async () => {
    const store = storeOf([]);
    const hub = new StreamHub(store, 2);
    const resets: string[] = [];
    const slow = clientOf(hub, { onReset: (after) => void resets.push(after) });
    const quick = clientOf(hub, {});
    await Promise.all([slow.ready, quick.ready]);
    store.append(...RECORDS);
    expect(await quick.take(MESSAGES)).toEqual(whole);
    expect(await slow.take(MESSAGES)).toEqual(whole);
    // Its earlier position: before the first message.
    expect(resets).toEqual([positionOf(0)]);
    await Promise.all([slow.stop(), quick.stop()]);
  });

  it.each<[StreamParams, string[]]>([
    [{ contactId: 'ben' }, ['started ben webhook_received', 'ben agent_routing -', 'ben webhook_acknowledged -']],
    [{ contactId: 'bea' }, ['started ben webhook_received', 'ben agent_routing -', 'ben webhook_acknowledged -']],
    [{ traceId: 'ben_20240120_143000_000001', status: 'completed' }, ['ended ben completed']],
    [{ status: 'error' }, ['ended ana error', 'ana crm_synced -']],
    [{ status: 'active', contactId: 'ben' }, ['started ben webhook_received', 'ben agent_routing -']],
  ])('filters %j', async (filter, expected) => {
    const messages = await replay(storeOf(), expected.length, { ...filter, after: positionOf(0) });
    expect(messages.map(shape)).toEqual(expected);
  });

  it('refuses an invalid position before it sends anything', async () => {
    const client = clientOf(new StreamHub(storeOf()), { after: 'yesterday' });
    await expect(client.first).rejects.toMatchObject({ code: 'BAD_POSITION' });
  });

  it('ends at once on abort, in the middle of waiting', async () => {
    const store = storeOf();
    const stop = new AbortController();
    const client = clientOf(new StreamHub(store), { signal: stop.signal });
    await client.ready;
    stop.abort();
    expect(await client.first).toEqual({ done: true, value: undefined });
    expect(store.listening).toBe(0);
  });

  it('ends at once on abort while the store does not answer', async () => {
    const store = storeOf();
    store.feed.head = () => new Promise(() => {});
    const stop = new AbortController();
    const client = clientOf(new StreamHub(store), { signal: stop.signal });
    stop.abort();
    expect(await client.first).toEqual({ done: true, value: undefined });
  });

  it('does not begin for a signal that has fired', async () => {
    const store = storeOf();
    const client = clientOf(new StreamHub(store), { signal: AbortSignal.abort() });
    expect(await client.first).toEqual({ done: true, value: undefined });
    expect(store.calls).toEqual({});
  });

  it('misses nothing when the store is unavailable for a while', async () => {
    const store = storeOf([]);
    const client = clientOf(new StreamHub(store), {});
    await client.ready;
    store.failure = new Error('the catalog restarts');
    store.append(...RECORDS.slice(0, 8));
    for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
    store.failure = undefined;
    store.append(...RECORDS.slice(8));
    expect(await client.take(MESSAGES)).toEqual(whole);
    await client.stop();
  });

  it('sends nothing for a trace that was cleared before it had a name', async () => {
    const orphan = new Story('9-9', 'x', START).response(202).end();
    const kept = new Story('9-8', 'kept', START).open().identify();
    const messages = await replay(storeOf([...orphan.records, ...kept.records]), 1);
    expect(messages.map(({ type }) => type)).toEqual(['trace.started']);
  });
});
