import { equal } from 'node:assert/strict';
import type { TraceHead } from '../../model/trace.js';
import { errorIn, idOf, idsOf, json, openOf, same, SECOND, T0, type Rule } from './subject.js';
import { logged, modelCall, spanOf, sumsOf, tagged } from './model-calls.js';

const OWN_MODEL = sumsOf({ calls: 1, input: 100, output: 20, cacheRead: 40, total: 120, costNano: 250_000_000 });

export const READ_RULES: Rule[] = [
  {
    name: 'an empty store has nothing, and is well',
    needs: [],
    check: async ({ store }) => {
      same(await store.list({ limit: 10 }), { heads: [], cursors: [], next: null });
      equal(await store.get('nobody_20240101_000000_000000'), undefined);
      same(await store.getMany(['nobody_20240101_000000_000000']), []);
      same(await store.getMany([]), []);
      same((await store.health()).problems, []);
    },
  },
  {
    name: 'a record is in the answers as soon as `freshness` says',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      const trace = await subject.write(1, { contact: 'ana', message: 'Hola', end: false });
      equal((await store.list({ limit: 10 })).heads[0]?.events, 1);
      const data = json({ a: [1, 'ñ'] });
      await subject.append({ kind: 'event', trace, type: 'step', data, ts: T0 + SECOND + 5 });
      equal((await store.list({ limit: 10 })).heads[0]?.events, 2);
      const stored = await store.get(idOf('ana', 1));
      same(
        stored?.records.map(({ kind }) => kind),
        ['open', 'identify', 'event'],
      );
      const event = stored?.records[2];
      same(event?.kind === 'event' && event.data, { a: [1, 'ñ'] });
      equal(stored?.head.status, 'active');
      equal(stored?.head.message, 'Hola');
    },
  },
  {
    name: 'a trace has the head that its records make',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      const trace = await subject.write(1, { contact: 'ana', agent: 'sofia', end: false });
      const span = '00f067aa0ba902b7';
      await subject.append(
        { kind: 'span', trace, span, name: 'calendar', type: 'tool', ts: T0 + 2 * SECOND },
        { kind: 'span_end', trace, span, ms: 5, outcome: 'error', ts: T0 + 2 * SECOND },
        { kind: 'event', trace, type: 'message_sent', ts: T0 + 3 * SECOND },
        tagged(trace, 'plan', 'pro', T0 + 3 * SECOND),
        logged(trace, 'warn', T0 + 3 * SECOND),
        ...modelCall(
          trace,
          1,
          { model: 'own-model', agent: 'sofia', input: 100, output: 20, cache_read: 40, cost_usd: 0.25 },
          T0 + 3 * SECOND,
        ),
        errorIn(trace, 'no slots', T0 + 3 * SECOND),
        { kind: 'response', trace, status: 200, ms: 3, ts: T0 + 4 * SECOND },
        { kind: 'end', trace, status: 'completed', dropped: 2, ts: T0 + 5 * SECOND },
      );
      const [head] = (await store.list({ limit: 10 })).heads;
      same(head && picked(head), {
        traceId: idOf('ana', 1),
        contactId: 'ana',
        contacts: [],
        status: 'error',
        startedAt: T0 + SECOND,
        lastAt: T0 + 4 * SECOND,
        endedAt: T0 + 5 * SECOND,
        events: 9,
        errors: 1,
        firstError: { location: 'Tool.run', message: 'no slots' },
        dropped: 2,
        route: ['supervisor', 'sofia'],
        agents: ['sofia'],
        tools: ['calendar'],
        counts: { logs: 1, replies: 1 },
        models: ['own-model'],
        hosts: ['api.example.com'],
        tags: { plan: 'pro' },
        logged: 'warn',
        usage: {
          ...OWN_MODEL,
          models: { 'own-model': OWN_MODEL },
          agents: { sofia: OWN_MODEL },
          spans: { [spanOf(1)]: 250_000_000 },
          prices: ['provider'],
        },
        statusCode: 200,
      });
      same((await store.get(idOf('ana', 1)))?.head, head);
    },
  },
  {
    name: 'a trace of several contacts is found by each',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      const trace = subject.keyOf(1);
      const contacts = ['ana', 'beto'];
      await subject.append(openOf(trace, 1), {
        kind: 'identify',
        trace,
        id: idOf('ana', 1),
        contact: 'ana',
        contacts,
        ts: T0 + SECOND,
      });
      await subject.write(2, { contact: 'beto' });
      const ofBeto = (await store.list({ contactId: 'beto', limit: 10 })).heads;
      equal(ofBeto.length, 2);
      same(ofBeto.at(-1)!.contacts, contacts);
      equal((await store.list({ contactId: 'ana', limit: 10 })).heads.length, 1);
    },
  },
  {
    name: 'traces are found by the beginning of their id, newest first, and read by their provisional id',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      for (let n = 1; n <= 3; n += 1) await subject.write(n, { contact: n === 2 ? 'beto' : 'ana' });
      const found = async (idPrefix: string, limit: number): Promise<string[]> =>
        idsOf((await store.list({ idPrefix, limit })).heads);
      same(await found('ana_', 10), [idOf('ana', 3), idOf('ana', 1)]);
      same(await found('ana_', 1), [idOf('ana', 3)]);
      same(await found('AN%', 10), []);
      same(await found('na_', 10), []);
      equal((await store.get(idOf('unknown', 2)))?.head.traceId, idOf('beto', 2));
    },
  },
  {
    name: 'many traces are read in the order asked, without those that do not exist',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      for (let n = 1; n <= 4; n += 1) await subject.write(n, { contact: 'ana', message: `hola ${n}` });
      const ids = [3, 9, 1, 4].map((n) => idOf('ana', n));
      const traces = await store.getMany(ids);
      same(idsOf(traces.map(({ head }) => head)), [idOf('ana', 3), idOf('ana', 1), idOf('ana', 4)]);
      for (const trace of traces) same(trace, await store.get(trace.head.traceId));
      same(idsOf((await store.getMany([idOf('unknown', 2)])).map(({ head }) => head)), [idOf('ana', 2)]);
    },
  },
];

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
    instance: _instance,
    ...rest
  } = head;
  return rest;
}
