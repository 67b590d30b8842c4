import { rejects } from 'node:assert/strict';
import type { TraceConditions, TraceSort } from '../../model/trace-search.js';
import { writeCalls } from './usage.rules.js';
import { same, SECOND, T0, type Rule, type Subject } from './subject.js';

/** Durations in seconds by number: two are equal. */
const SECONDS = [3, 1, 4, 1, 5, 9, 2, 6];

async function writeTimed(subject: Subject): Promise<void> {
  for (const [i, seconds] of SECONDS.entries()) {
    const contact = i % 2 === 0 ? 'ana' : 'beto';
    await subject.write(i + 1, { contact, seconds, tool: i < 4 ? 'early' : 'late', ...(i === 5 && { error: 'boom' }) });
  }
  // They run since 2023: the one that began first is the longest.
  await subject.write(9, { contact: 'ana', end: false });
  await subject.write(10, { contact: 'beto', end: false });
}

/** Numbers of all traces, page by page. */
async function paged({ store }: Subject, search: TraceConditions, limit: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let before: string | undefined, pages = 0; pages < 20; pages += 1) {
    const { heads, next } = await store.list({ ...search, limit, before });
    numbers.push(...heads.map(({ startedAt }) => (startedAt - T0) / SECOND));
    if (next === null) return numbers;
    before = next;
  }
  throw new Error('the list does not end');
}

const LONGEST: [TraceConditions, number[]][] = [
  [{}, [9, 10, 6, 8, 5, 3, 1, 7, 4, 2]],
  [{ contactId: 'ana' }, [9, 5, 3, 1, 7]],
  [{ status: 'completed' }, [8, 5, 3, 1, 7, 4, 2]],
  [{ status: ['error', 'active'] }, [9, 10, 6]],
  [{ withErrors: true }, [6]],
  [{ tool: 'early' }, [3, 1, 4, 2]],
  [{ tool: 'early', contactId: 'beto' }, [4, 2]],
  [{ since: T0 + 3 * SECOND, until: T0 + 7 * SECOND }, [6, 5, 3, 7, 4]],
  [{ minDurationMs: 4_000, maxDurationMs: 6_000 }, [8, 5, 3]],
  [{ not: { tools: ['late'], contacts: ['ana'] } }, [10, 4, 2]],
  [{ tool: 'none' }, []],
];

const DAY = 86_400;
const DEAREST: [TraceConditions, number[]][] = [
  [{}, [1, DAY, 2, 4, 3]],
  [{ contactId: 'ana' }, [1, DAY, 4, 3]],
  [{ model: 'mini' }, [1, DAY, 2]],
  [{ tag: 'plan' }, [4]],
  [{ minTokens: 0 }, [1, DAY, 2, 3]],
  [{ maxCostUsd: 0.01 }, [DAY, 2]],
];

function needs(sort: Exclude<TraceSort, 'started'>, rule: Rule['check']): Rule['check'] {
  return async (subject) => {
    if (subject.store.sorts?.includes(sort)) await rule(subject);
  };
}

export const SORT_RULES: Rule[] = [
  {
    name: 'a list by duration has the longest first, and those that run by their duration until now',
    needs: ['sorts'],
    check: needs('duration', async (subject) => {
      await writeTimed(subject);
      for (const [filter, numbers] of LONGEST) {
        for (const limit of [1, 2, 50]) {
          same([filter, limit, await paged(subject, { ...filter, sort: 'duration' }, limit)], [filter, limit, numbers]);
        }
      }
    }),
  },
  {
    name: 'a list by cost has the dearest first, and those without a known cost last',
    needs: ['sorts'],
    check: needs('cost', async (subject) => {
      await writeCalls(subject);
      for (const [filter, numbers] of DEAREST) {
        for (const limit of [1, 2, 50]) {
          same([filter, limit, await paged(subject, { ...filter, sort: 'cost' }, limit)], [filter, limit, numbers]);
        }
      }
    }),
  },
  {
    name: 'a page of a sorted list can begin after each row, and only in its own order',
    needs: ['sorts'],
    check: needs('duration', async (subject) => {
      const { store } = subject;
      await writeTimed(subject);
      const { heads, cursors, next } = await store.list({ sort: 'duration', limit: 50 });
      same([heads.length, cursors.length, next], [10, 10, null]);
      for (const [i, before] of cursors.entries()) {
        const rest = await store.list({ sort: 'duration', limit: 50, before });
        same(
          rest.heads.map(({ key }) => key),
          heads.slice(i + 1).map(({ key }) => key),
        );
      }
      const [byTime] = (await store.list({ limit: 1 })).cursors;
      for (const before of ['nonsense', byTime!]) {
        await rejects(store.list({ sort: 'duration', limit: 1, before }), { code: 'BAD_POSITION' });
      }
      await rejects(store.list({ limit: 1, before: cursors[0]! }), { code: 'BAD_POSITION' });
      if (store.sorts?.includes('cost')) {
        await rejects(store.list({ sort: 'cost', limit: 1, before: cursors[0]! }), { code: 'BAD_POSITION' });
      }
    }),
  },
];
