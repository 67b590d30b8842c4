import { rejects } from 'node:assert/strict';
import type { TraceConditions } from '../../model/trace-search.js';
import type { RecordDraft } from '../../model/record.js';
import { errorIn, idOf, idsOf, json, LINK_SPAN, same, SECOND, T0, type Rule, type Subject } from './subject.js';

/** Four traces that differ in what lists filter by. */
export async function writeFour(subject: Subject): Promise<void> {
  await subject.write(1, { contact: 'ana', message: 'Quiero una CITA', tool: 'calendar', seconds: 1 });
  await subject.write(2, { contact: 'ana', message: 'precio', status: 'silent', tool: 'prices', seconds: 9 });
  await subject.write(3, {
    contact: 'beto',
    message: 'CAFÉ cita',
    error: 'Zona caída',
    agent: 'sofia',
    sent: 'sent3',
    seconds: 2,
  });
  await subject.write(4, { contact: 'beto', message: '100% _x_', end: false });
}

const FILTERS: [TraceConditions, number[]][] = [
  [{}, [4, 3, 2, 1]],
  [{ contactId: 'ana' }, [2, 1]],
  [{ status: 'error' }, [3]],
  [{ status: 'active' }, [4]],
  [{ contactId: 'ana', status: 'silent' }, [2]],
  [{ status: ['error', 'silent'] }, [3, 2]],
  [{ status: ['silent', 'active', 'timeout'], contactId: 'beto' }, [4]],
  [{ status: [] }, []],
  [{ withErrors: true }, [3, 2]],
  [{ withErrors: true, contactId: 'beto' }, [3]],
  [{ messageIds: ['m2'] }, [2]],
  [{ messageIds: ['m1', 'm3', 'm9', 'm1'] }, [3, 1]],
  [{ messageIds: [] }, []],
  [{ messageIds: ['m2'], status: 'error' }, []],
  [{ sentMessageIds: ['sent3', 'sent4'] }, [3]],
  [{ sentMessageIds: ['sent3'], status: 'silent' }, []],
  [{ sentMessageIds: ['m3'] }, []],
  [{ since: T0 + 2 * SECOND, until: T0 + 3 * SECOND }, [3, 2]],
  // The trace that runs has run since 2023.
  [{ minDurationMs: 2_000 }, [4, 3, 2]],
  [{ maxDurationMs: 2_000 }, [3, 1]],
  [{ minDurationMs: 1_500, maxDurationMs: 8_999 }, [3]],
  [{ tool: 'calendar' }, [1]],
  [{ agent: 'sofia' }, [3]],
  [{ agent: 'sofia', tool: 'calendar' }, []],
  [{ not: {} }, [4, 3, 2, 1]],
  [{ not: { contacts: ['beto'] } }, [2, 1]],
  [{ not: { contacts: ['beto', 'ana'] } }, []],
  [{ not: { agents: ['sofia'] } }, [4, 2, 1]],
  // It routed, and did no work.
  [{ not: { agents: ['supervisor'] } }, [4, 2, 1]],
  [{ not: { tools: ['calendar', 'none'] } }, [4, 3, 2]],
  [{ not: { tools: ['prices'], agents: ['sofia'] }, contactId: 'ana' }, [1]],
];

export const LIST_RULES: Rule[] = [
  {
    name: 'pages are newest first and neither skip nor repeat while new traces come',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      for (let n = 1; n <= 7; n += 1) await subject.write(n, { contact: `c${n}` });
      const seen: string[] = [];
      let before: string | undefined;
      for (let page = 0; page < 10; page += 1) {
        const { heads, next } = await store.list({ limit: 3, before });
        seen.push(...heads.map(({ contactId }) => contactId));
        await subject.write(100 + page, { contact: 'late' });
        if (next === null) break;
        before = next;
      }
      same(seen, ['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1']);
      await rejects(store.list({ limit: 3, before: 'nonsense' }), { code: 'BAD_POSITION' });
    },
  },
  {
    name: 'a page can begin after each row of another one',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      for (let n = 1; n <= 5; n += 1) await subject.write(n, { contact: 'ana', tool: n % 2 === 1 ? 'odd' : 'even' });
      for (const filter of [{}, { contactId: 'ana' }, { tool: 'odd' }, { not: { tools: ['even'] } }]) {
        const { heads, cursors, next } = await store.list({ ...filter, limit: 10 });
        same([cursors.length, next], [heads.length, null]);
        for (const [i, before] of cursors.entries()) {
          const rest = await store.list({ ...filter, limit: 10, before });
          same(idsOf(rest.heads), idsOf(heads.slice(i + 1)));
        }
      }
    },
  },
  {
    name: 'every filter given must hold',
    needs: [],
    check: async (subject) => {
      await writeFour(subject);
      for (const [filter, numbers] of FILTERS) same([filter, await subject.found(filter)], [filter, numbers]);
    },
  },
  {
    name: 'heads have the first error and the last reply, each in one line',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      const trace = await subject.write(1, { contact: 'ana', end: false });
      const at = T0 + 1 * SECOND;
      const reply = (message: string, more: object = {}): RecordDraft => ({
        kind: 'event',
        trace,
        type: 'message_sent',
        data: json({ message, ...more }),
        ts: at,
      });
      await subject.append(
        errorIn(trace, `first\n  failure ${'x'.repeat(300)}`, at),
        errorIn(trace, 'second failure', at),
        reply('Hola'),
        reply(`Te\nespero ${'🙂'.repeat(80)}`, { message_id: 's1' }),
      );
      await subject.write(2, { contact: 'ana' });
      const [, head] = (await store.list({ limit: 10 })).heads;
      same(head!.firstError, { location: 'Tool.run', message: `first failure ${'x'.repeat(186)}` });
      same(head!.reply, `Te espero ${'🙂'.repeat(45)}`);
      same(head!.counts.replies, 2);
      const { head: whole } = (await store.get(idOf('ana', 1)))!;
      same([whole.firstError, whole.reply], [head!.firstError, head!.reply]);
      const [other] = (await store.list({ limit: 1 })).heads;
      same([other!.firstError, other!.reply], [undefined, undefined]);
    },
  },
  {
    name: 'traces that continue another one are found by its id, newest first, page by page',
    needs: [],
    check: async (subject) => {
      const { store } = subject;
      const [webhook, job] = [idOf('ana', 1), idOf('ana', 2)];
      await subject.write(1, { contact: 'ana' });
      await subject.write(2, { contact: 'ana', link: webhook, error: 'boom' });
      await subject.write(3, { contact: 'beto', link: webhook });
      await subject.write(4, { contact: 'ana', link: job });
      await subject.write(5, { contact: 'ana' });
      const found = async (filter: TraceConditions): Promise<(string | null)[][]> =>
        (await store.list({ ...filter, limit: 10 })).heads.map(({ traceId, link, linkSpan }) => [
          traceId,
          link,
          linkSpan,
        ]);
      same(await found({ links: [webhook] }), [
        [idOf('beto', 3), webhook, LINK_SPAN],
        [job, webhook, LINK_SPAN],
      ]);
      same(await found({ links: [job] }), [[idOf('ana', 4), job, LINK_SPAN]]);
      same(
        (await found({ links: [job, webhook] })).map(([id]) => id),
        [idOf('ana', 4), idOf('beto', 3), job],
      );
      same(await found({ links: [webhook], contactId: 'ana' }), [[job, webhook, LINK_SPAN]]);
      same(await found({ links: [webhook], status: 'error' }), [[job, webhook, LINK_SPAN]]);
      same(await found({ links: [idOf('ana', 5)] }), []);
      same(await found({ links: ['ana'] }), []);
      const { heads, next } = await store.list({ links: [webhook], limit: 1 });
      same(idsOf(heads), [idOf('beto', 3)]);
      same(idsOf((await store.list({ links: [webhook], limit: 1, before: next! })).heads), [job]);
      same((await store.list({ contactId: 'ana', limit: 10 })).heads.at(-1)?.type, 'generic');
    },
  },
];
