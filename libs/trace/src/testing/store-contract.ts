import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import type { JsonText, RecordDraft, TraceKey } from '../model/record.js';
import type { TraceStatus } from '../model/status.js';
import { clearInterval, setInterval } from '../model/timers.js';
import { factsOf } from '../model/vocabulary.js';
import type { FeedPosition, FeedRecord, TraceFilter, TraceHead } from '../model/trace.js';
import type { TraceStore } from '../store/port.js';

/** One promise of the store's port: `run` rejects where it is not kept. */
export interface ContractCase {
  name: string;
  run(): Promise<void>;
}

const T0 = 1_700_000_000_000_000;
const SECOND = 1_000_000;

/**
 * Equal as JSON: values that came from a worker have another realm's prototypes under Jest, which a strict comparison
 * would not forgive.
 */
function same(actual: unknown, expected: unknown): void {
  deepEqual(plain(actual), plain(expected));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/**
 * What every `TraceStore` must do, as cases for any test runner:
 * `for (const { name, run } of storeContract(open)) test(name, run)`.
 * @param open makes a new, empty store for each case; the case closes it
 */
export function storeContract(open: () => TraceStore | Promise<TraceStore>): ContractCase[] {
  const cases: ContractCase[] = [];
  const must = (name: string, check: (store: TraceStore) => Promise<void>): void => {
    const run = async (): Promise<void> => {
      const store = await open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    };
    cases.push({ name, run });
  };

  must('an empty store has nothing, and is well', async (store) => {
    same(await store.list({}, 10), { heads: [], next: null });
    equal(await store.get('nobody_20240101_000000_000000'), undefined);
    same(await store.idsWithPrefix('', 10), []);
    same(await store.counts(), { total: 0, active: 0, errors: 0 });
    const sample = await store.sample({});
    same([sample.durations, sample.routing, sample.tools, sample.buckets], [[], [], [], []]);
    same((await store.health()).problems, []);
    const { records, done } = await store.readAfter(undefined, { limit: 10 });
    same([records, done], [[], true]);
  });

  must('what was appended is in the next answer', async (store) => {
    const trace = write(store, 1, { contact: 'ana', message: 'Hola', end: false });
    equal((await store.list({}, 10)).heads[0]?.events, 1);
    append(store, { kind: 'event', trace, type: 'step', data: json({ a: [1, 'ñ'] }), ts: T0 + SECOND + 5 });
    equal((await store.list({}, 10)).heads[0]?.events, 2);
    const stored = await store.get(idOf('ana', 1));
    same(
      stored?.records.map(({ kind }) => kind),
      ['open', 'identify', 'event'],
    );
    const event = stored?.records[2];
    same(event?.kind === 'event' && event.data, { a: [1, 'ñ'] });
    equal(stored?.head.status, 'active');
    equal(stored?.head.message, 'Hola');
  });

  must('a trace has the head that its records make', async (store) => {
    const trace = write(store, 1, { contact: 'ana', end: false });
    append(store, {
      kind: 'event',
      trace,
      type: 'agent_routing',
      data: json({ from: 'supervisor', to: 'sofia' }),
      ts: T0 + 2 * SECOND,
    });
    append(store, {
      kind: 'span',
      trace,
      span: '00f067aa0ba902b7',
      name: 'calendar',
      type: 'tool',
      ts: T0 + 2 * SECOND,
    });
    append(store, { kind: 'span_end', trace, span: '00f067aa0ba902b7', ms: 5, outcome: 'error', ts: T0 + 2 * SECOND });
    append(store, { kind: 'event', trace, type: 'message_sent', ts: T0 + 3 * SECOND });
    append(store, errorIn(trace, 'no slots', T0 + 3 * SECOND));
    append(store, { kind: 'response', trace, status: 200, ms: 3, ts: T0 + 4 * SECOND });
    append(store, { kind: 'end', trace, status: 'completed', dropped: 2, ts: T0 + 5 * SECOND });
    const [head] = (await store.list({}, 10)).heads;
    same(head && picked(head), {
      traceId: idOf('ana', 1),
      contactId: 'ana',
      contacts: [],
      status: 'error',
      startedAt: T0 + SECOND,
      lastAt: T0 + 4 * SECOND,
      endedAt: T0 + 5 * SECOND,
      events: 6,
      errors: 1,
      dropped: 2,
      route: ['supervisor', 'sofia'],
      agents: ['sofia'],
      tools: ['calendar'],
      counts: { replies: 1 },
      statusCode: 200,
    });
    same((await store.get(idOf('ana', 1)))?.head, head);
    same((await store.heads([trace, 'none-1'])).get(trace), head);
  });

  must('pages are newest first and neither skip nor repeat while new traces come', async (store) => {
    for (let n = 1; n <= 7; n += 1) write(store, n, { contact: `c${n}` });
    const seen: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const { heads, next } = await store.list({}, 3, before);
      seen.push(...heads.map(({ contactId }) => contactId));
      write(store, 100 + page, { contact: 'late' });
      if (next === null) break;
      before = next;
    }
    same(seen, ['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1']);
    await rejects(store.list({}, 3, 'nonsense'), { code: 'BAD_POSITION' });
  });

  must('every filter given must hold', async (store) => {
    write(store, 1, { contact: 'ana', message: 'Quiero una CITA', tool: 'calendar', seconds: 1 });
    write(store, 2, { contact: 'ana', message: 'precio', status: 'silent', tool: 'prices', seconds: 9 });
    write(store, 3, {
      contact: 'beto',
      message: 'CAFÉ cita',
      error: 'Zona caída',
      agent: 'sofia',
      sent: 'sent3',
      seconds: 2,
    });
    write(store, 4, { contact: 'beto', message: '100% _x_', end: false });
    const found = async (filter: TraceFilter): Promise<number[]> =>
      (await store.list(filter, 10)).heads.map(({ startedAt }) => (startedAt - T0) / SECOND);
    same(await found({}), [4, 3, 2, 1]);
    same(await found({ contactId: 'ana' }), [2, 1]);
    same(await found({ status: 'error' }), [3]);
    same(await found({ status: 'active' }), [4]);
    same(await found({ contactId: 'ana', status: 'silent' }), [2]);
    same(await found({ status: ['error', 'silent'] }), [3, 2]);
    same(await found({ status: ['silent', 'active', 'timeout'], contactId: 'beto' }), [4]);
    same(await found({ status: [] }), []);
    same(await found({ withErrors: true }), [3, 2]);
    same(await found({ withErrors: true, contactId: 'beto' }), [3]);
    same(await found({ messageId: 'm2' }), [2]);
    same(await found({ messageId: 'm2', status: 'error' }), []);
    same(await found({ sentMessageId: 'sent3' }), [3]);
    same(await found({ sentMessageId: 'sent3', status: 'silent' }), []);
    same(await found({ sentMessageId: 'm3' }), []);
    same(await found({ q: 'cita' }), [3, 1]);
    same(await found({ q: 'café' }), [3]);
    same(await found({ q: 'CAÍDA' }), [3]);
    same(await found({ q: '%' }), [4]);
    same(await found({ q: 'BETO_2' }), [4, 3]);
    same(await found({ since: T0 + 2 * SECOND, until: T0 + 3 * SECOND }), [3, 2]);
    // The one that runs has run since 2023.
    same(await found({ minDurationMs: 2_000 }), [4, 3, 2]);
    same(await found({ tool: 'calendar' }), [1]);
    same(await found({ agent: 'sofia' }), [3]);
    same(await found({ agent: 'sofia', tool: 'calendar' }), []);
    same(await found({ tool: 'prices', contactId: 'ana', q: 'prec' }), [2]);
  });

  must('a trace of several contacts is found by each', async (store) => {
    const trace = open1(store, 1);
    append(store, {
      kind: 'identify',
      trace,
      id: idOf('ana', 1),
      contact: 'ana',
      contacts: ['ana', 'beto'],
      ts: T0 + SECOND,
    });
    write(store, 2, { contact: 'beto' });
    const ofBeto = (await store.list({ contactId: 'beto' }, 10)).heads;
    equal(ofBeto.length, 2);
    same(ofBeto.at(-1)!.contacts, ['ana', 'beto']);
    equal((await store.list({ contactId: 'ana' }, 10)).heads.length, 1);
  });

  must('traces that continue another one are found by its id, newest first, page by page', async (store) => {
    const [webhook, job] = [idOf('ana', 1), idOf('ana', 2)];
    write(store, 1, { contact: 'ana' });
    write(store, 2, { contact: 'ana', link: webhook, error: 'boom' });
    write(store, 3, { contact: 'beto', link: webhook });
    write(store, 4, { contact: 'ana', link: job });
    write(store, 5, { contact: 'ana' });
    const found = async (filter: TraceFilter): Promise<(string | null)[][]> =>
      (await store.list(filter, 10)).heads.map(({ traceId, link, linkSpan }) => [traceId, link, linkSpan]);
    same(await found({ link: webhook }), [
      [idOf('beto', 3), webhook, LINK_SPAN],
      [job, webhook, LINK_SPAN],
    ]);
    same(await found({ link: job }), [[idOf('ana', 4), job, LINK_SPAN]]);
    same(await found({ link: webhook, contactId: 'ana' }), [[job, webhook, LINK_SPAN]]);
    same(await found({ link: webhook, status: 'error' }), [[job, webhook, LINK_SPAN]]);
    same(await found({ link: idOf('ana', 5) }), []);
    same(await found({ link: 'ana' }), []);
    const { heads, next } = await store.list({ link: webhook }, 1);
    same(
      [heads[0]?.traceId, (await store.list({ link: webhook }, 1, next!)).heads[0]?.traceId],
      [idOf('beto', 3), job],
    );
    same((await store.list({ contactId: 'ana' }, 10)).heads.at(-1)?.type, 'generic');
  });

  must('a trace that is cleared or erased is in no link', async (store) => {
    write(store, 1, { contact: 'ana' });
    write(store, 2, { contact: 'ana' });
    write(store, 3, { contact: 'beto', link: idOf('ana', 1), error: 'boom' });
    write(store, 4, { contact: 'ana', link: idOf('beto', 3) });
    same(await store.eraseContact('ana'), { removed: 3 });
    same((await store.list({ link: idOf('beto', 3) }, 10)).heads, []);
    same((await store.list({ link: idOf('ana', 1) }, 10)).heads, []);
    const stored = (await store.get(idOf('beto', 3)))!;
    ok(!JSON.stringify(stored).includes(idOf('ana', 1)), 'the link still has the id of an erased trace');
    write(store, 5, { contact: 'carla', link: idOf('beto', 3) });
    same(await store.clear({ keepErrors: true }), { removed: 1 });
    same((await store.list({ link: idOf('beto', 3) }, 10)).heads, []);
  });

  must('ids are found by their beginning, newest first, and by the provisional id', async (store) => {
    for (let n = 1; n <= 3; n += 1) write(store, n, { contact: n === 2 ? 'beto' : 'ana' });
    same(await store.idsWithPrefix('ana_', 10), [idOf('ana', 3), idOf('ana', 1)]);
    same(await store.idsWithPrefix('ana_', 1), [idOf('ana', 3)]);
    same(await store.idsWithPrefix('AN%', 10), []);
    equal((await store.get(idOf('unknown', 2)))?.head.traceId, idOf('beto', 2));
  });

  must('counts and samples tell what there is', async (store) => {
    write(store, 1, { contact: 'a', seconds: 2, tool: 'calendar', agent: 'sofia' });
    write(store, 2, { contact: 'b', seconds: 1, tool: 'calendar', error: 'x' });
    write(store, 3, { contact: 'c', end: false });
    same(await store.counts(), { total: 3, active: 1, errors: 1 });
    const sample = await store.sample({});
    same(sample.durations, [1_000, 2_000]);
    same({ ...sample.byStatus }, { completed: 1, error: 1, active: 1 });
    same(sample.tools, [{ name: 'calendar', count: 2 }]);
    same(sample.routing, [{ route: 'supervisor → sofia', count: 1 }]);
    same(
      sample.buckets.reduce((sum, bucket) => [sum[0]! + bucket.total, sum[1]! + bucket.errors], [0, 0]),
      [3, 1],
    );
    same((await store.sample({ since: T0 + 2 * SECOND, until: T0 + 2 * SECOND })).durations, [1_000]);
  });

  must('the feed gives every record once, from any of its positions', async (store) => {
    const begin = await store.head();
    for (let n = 1; n <= 4; n += 1) write(store, n, { contact: 'ana' });
    const all = await drain(store, begin, 3);
    equal(all.filter(({ record }) => record.kind === 'end').length, 4);
    for (const [i, { position }] of all.entries()) {
      const rest = await drain(store, position, 100);
      same(
        rest.map(({ record }) => record),
        all.slice(i + 1).map(({ record }) => record),
      );
    }
    const middle = all[5]!.position;
    const until = await store.readAfter(begin, { limit: 100, until: middle });
    same([until.records.length, until.done], [6, true]);
    same((await store.readAfter(await store.head(), { limit: 10 })).records, []);
    for (const bad of ['', 'x', '-1', '1e999', '../../etc']) {
      await rejects(store.readAfter(bad, { limit: 1 }), { code: 'BAD_POSITION' });
    }
  });

  must('listeners hear that there is more, until they stop', async (store) => {
    let calls = 0;
    const heard = new Promise<void>((resolve) => {
      const stop = store.onMore(() => {
        calls += 1;
        stop();
        resolve();
      });
    });
    write(store, 1, { contact: 'ana' });
    const alive = setInterval(() => undefined, 1_000);
    await heard.finally(() => clearInterval(alive));
    write(store, 2, { contact: 'ana' });
    await store.counts();
    equal(calls, 1);
  });

  must('clearing forgets what has ended, and keeps errors when asked to', async (store) => {
    write(store, 1, { contact: 'a' });
    write(store, 2, { contact: 'b', error: 'boom' });
    const active = write(store, 3, { contact: 'c', end: false });
    same(await store.clear({ keepErrors: true }), { removed: 1 });
    equal(await store.get(idOf('a', 1)), undefined);
    equal((await store.get(idOf('b', 2)))?.records.length, 4);
    append(store, { kind: 'end', trace: active, status: 'completed', ts: T0 + 9 * SECOND });
    same(
      (await store.get(idOf('c', 3)))?.records.map(({ kind }) => kind),
      ['open', 'identify', 'end'],
    );
    same(await store.clear({ keepErrors: false }), { removed: 2 });
    same(await store.counts(), { total: 0, active: 0, errors: 0 });
    write(store, 4, { contact: 'd' });
    equal((await store.list({}, 10)).heads.length, 1);
  });

  must('a pinned trace stays when the others are cleared, until it is pinned no longer', async (store) => {
    write(store, 1, { contact: 'ana' });
    write(store, 2, { contact: 'beto' });
    const id = idOf('ana', 1);
    same(await store.pin(id, true), true);
    same(await store.pin(id, true), true);
    same(await store.pin(idOf('nobody', 9), true), false);
    same((await store.get(id))!.head.pinned, true);
    same(
      (await store.list({}, 10)).heads.map(({ traceId, pinned }) => [traceId, pinned]),
      [
        [idOf('beto', 2), undefined],
        [id, true],
      ],
    );
    same(await store.clear({ keepErrors: false }), { removed: 1 });
    same(
      (await store.list({}, 10)).heads.map(({ traceId }) => traceId),
      [id],
    );
    same(await store.pin(id, false), true);
    same((await store.get(id))!.head.pinned, undefined);
    same(await store.clear({ keepErrors: false }), { removed: 1 });
  });

  must('an erased contact is gone, pinned or not', async (store) => {
    write(store, 1, { contact: 'contact-77' });
    await store.pin(idOf('contact-77', 1), true);
    same(await store.eraseContact('contact-77'), { removed: 1 });
  });

  must('an erased contact is gone, also from what its running trace still writes', async (store) => {
    write(store, 1, { contact: 'contact-77', message: 'secret' });
    const active = write(store, 2, { contact: 'contact-77', end: false });
    const other = write(store, 3, { contact: 'beto', end: false });
    append(store, {
      kind: 'event',
      trace: other,
      type: 'note',
      data: json({ about: 'contact-77' }),
      ts: T0 + 3 * SECOND,
    });
    same(await store.eraseContact('contact-77'), { removed: 2 });
    append(store, { kind: 'event', trace: active, type: 'late', ts: T0 + 4 * SECOND });
    append(store, { kind: 'end', trace: active, status: 'completed', ts: T0 + 4 * SECOND });
    same((await store.list({ contactId: 'contact-77' }, 10)).heads, []);
    same(
      (await store.list({}, 10)).heads.map(({ contactId }) => contactId),
      ['beto'],
    );
    const records = (await store.get(idOf('beto', 3)))!.records;
    ok(records.length === 3 && !JSON.stringify(records).includes('contact-77'));
    same(await store.eraseContact('contact-77'), { removed: 0 });
  });

  return cases;
}

interface Sketch {
  contact: string;
  message?: string;
  status?: Exclude<TraceStatus, 'active'>;
  error?: string;
  tool?: string;
  agent?: string;
  /** Id of a message that it sends. */
  sent?: string;
  link?: string;
  seconds?: number;
  end?: false;
}

/** Writes trace number `n`, which starts in second `n`. */
function write(store: TraceStore, n: number, sketch: Sketch): TraceKey {
  const at = T0 + n * SECOND;
  const trace = open1(store, n, sketch.link);
  append(store, {
    kind: 'identify',
    trace,
    id: idOf(sketch.contact, n),
    contact: sketch.contact,
    message: sketch.message,
    type: 'generic',
    message_id: `m${n}`,
    ts: at,
  });
  if (sketch.tool)
    append(store, { kind: 'event', trace, type: 'tool_execution', data: json({ name: sketch.tool }), ts: at });
  if (sketch.agent) {
    append(store, {
      kind: 'event',
      trace,
      type: 'agent_routing',
      data: json({ from: 'supervisor', to: sketch.agent }),
      ts: at,
    });
  }
  if (sketch.sent)
    append(store, { kind: 'event', trace, type: 'message_sent', data: json({ message_id: sketch.sent }), ts: at });
  if (sketch.seconds) append(store, { kind: 'event', trace, type: 'step', ts: at + sketch.seconds * SECOND });
  if (sketch.error) append(store, errorIn(trace, sketch.error, at));
  if (sketch.end !== false)
    append(store, {
      kind: 'end',
      trace,
      status: sketch.status ?? 'completed',
      ts: at + (sketch.seconds ?? 0) * SECOND,
    });
  return trace;
}

/** Parent id of the carriers. */
const LINK_SPAN = 'b7ad6b7169203331';

function open1(store: TraceStore, n: number, link?: string): TraceKey {
  const trace = `${store.sink.writer.number}-${n}`;
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  append(store, {
    kind: 'open',
    trace,
    id: idOf('unknown', n),
    traceparent,
    method: 'POST',
    path: '/webhook',
    ...(link !== undefined && { link, parent: LINK_SPAN }),
    ts: T0 + n * SECOND,
  });
  return trace;
}

function errorIn(trace: TraceKey, message: string, ts: number): RecordDraft {
  return { kind: 'error', trace, location: 'Tool.run', type: 'Error', message, fingerprint: 'f1', ts };
}

function append(store: TraceStore, draft: RecordDraft): void {
  ok(
    store.sink.append(draft.kind === 'event' ? withFacts(draft) : draft),
    `the store did not keep a ${draft.kind} record`,
  );
}

function withFacts(draft: Extract<RecordDraft, { kind: 'event' }>): RecordDraft {
  return { ...draft, facts: factsOf(draft.type, JSON.parse(String(draft.data ?? null))) };
}

function idOf(contact: string, n: number): string {
  return `${contact}_20231114_221320_${String(n).padStart(6, '0')}`;
}

function json(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

async function drain(store: TraceStore, from: FeedPosition, limit: number): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for (let position = from; ;) {
    const page = await store.readAfter(position, { limit });
    all.push(...page.records);
    position = page.position;
    if (page.done) return all;
  }
}

function picked(head: TraceHead): Partial<TraceHead> {
  const {
    key: _key,
    traceparent: _parent,
    message: _message,
    messageId: _id,
    link: _link,
    linkSpan: _span,
    type: _type,
    identified: _known,
    lateEvents: _late,
    ...rest
  } = head;
  return rest;
}
