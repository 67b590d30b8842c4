import { MemoryStore } from '../../../../../test/support/memory-store.js';
import { GUIDE_START, Story } from '../../../../../test/support/story.js';
import type { FindingsResponse } from '../../contract/responses.js';
import { findMatch } from '../../views/trace/find-match.js';
import { TraceQueryService } from '../trace-query.js';

/** Ten seconds after the one before. One contact, so that the neighbours of all are one question. */
function nth(n: number): Story {
  const start = GUIDE_START + n * 10_000_000;
  return new Story(`2-${n}`, `t${n}`, start).open().identify({ contact: 'ana', message: `message ${n}` });
}

const well = (n: number): Story =>
  nth(n).span('a', 'tool', 'find').spanEnd('a', 2).event('message_sent', { message: 'ok' }).end();
const failed = (n: number): Story =>
  nth(n).error('book', 'no slots').event('message_sent', { message: 'ok' }).end('error');
const doubled = (n: number): Story =>
  nth(n)
    .span('a', 'tool', 'charge', { input: { cents: 5 } })
    .spanEnd('a', 2)
    .span('b', 'tool', 'charge', { input: { cents: 5 } })
    .spanEnd('b', 2, { output: { receipt: { note: 'Paid by BEN twice' } } })
    .event('message_sent', { message: 'ok' })
    .end();

function queryOf(stories: readonly Story[]): TraceQueryService {
  const store = new MemoryStore();
  for (const { records } of stories) store.append(...records);
  // The store of the tests reads everything again for each trace.
  const stored = new Map(stories.map((story) => [story.id, story.stored()]));
  store.getMany = async (given) => given.map((id) => stored.get(id)!);
  return new TraceQueryService({
    store,
    version: '0',
    timeZone: 'UTC',
    clock: { now: () => GUIDE_START + 3_600_000_000 },
  });
}

const ids = ({ traces }: FindingsResponse): string[] => traces.map(({ trace_id }) => trace_id);

describe('findings', () => {
  const query = queryOf([well(1), failed(2), well(3), doubled(4), well(5)]);

  it('have the hints, the tools and a cursor of each trace', async () => {
    const { traces, examined, complete, next } = await query.findings({});
    expect({ examined, complete, next }).toEqual({ examined: 5, complete: true, next: null });
    expect(traces.map(({ hints }) => hints.map(({ rule }) => rule))).toEqual([[], ['double_write'], [], ['error'], []]);
    expect(traces[1]).toMatchObject({ tools: ['charge'], duplicate_of: null, cursor: expect.any(String) });
    const page = await query.findings({ before: traces[1]!.cursor, limit: 2 });
    expect([ids(page), page.complete]).toEqual([['t3', 't2'], false]);
  });

  it('are those that failed, or those that look wrong', async () => {
    expect(ids(await query.findings({ only: 'failed' }))).toEqual(['t2']);
    expect(ids(await query.findings({ only: 'suspicious' }))).toEqual(['t4', 't2']);
    expect(ids(await query.findings({ only: 'suspicious', tool: 'charge' }))).toEqual(['t4']);
  });

  it('go on behind the last trace that was read', async () => {
    const first = await query.findings({ only: 'suspicious', limit: 1 });
    expect(first).toMatchObject({ count: 1, examined: 2, complete: false });
    const second = await query.findings({ only: 'suspicious', limit: 1, before: first.next! });
    expect([ids(second), second.examined]).toEqual([['t2'], 2]);
    const last = await query.findings({ only: 'suspicious', limit: 1, before: second.next! });
    expect(last).toMatchObject({ count: 0, examined: 1, complete: true, next: null });
  });

  it('read at most 300 traces, and say so', async () => {
    const many = queryOf([doubled(1), ...Array.from({ length: 301 }, (_, n) => well(n + 2))]);
    const first = await many.findings({ only: 'suspicious' });
    expect(first).toMatchObject({ count: 0, examined: 300, complete: false, next: expect.any(String) });
    const second = await many.findings({ only: 'suspicious', before: first.next! });
    expect([ids(second), second.examined, second.complete]).toEqual([['t1'], 2, true]);
  });

  it('say where the text of a search is', async () => {
    const match = async (q: string) => (await query.findings({ q })).traces[0]?.match;
    expect(await match('message 3')).toMatchObject({
      seq: null,
      kind: 'trace',
      place: 'message',
      excerpt: 'message 3',
    });
    expect(await match('no slots')).toMatchObject({ kind: 'error', name: 'book', place: 'message' });
    expect(findMatch(await query.trace('t4'), 'ben TWICE')).toEqual({
      seq: 5,
      kind: 'tool',
      name: 'charge',
      place: 'output.receipt.note',
      excerpt: 'Paid by BEN twice',
    });
  });

  it('refuse more than 100 traces', async () => {
    await expect(query.findings({ limit: 101 })).rejects.toMatchObject({ code: 'BAD_QUERY' });
  });
});
