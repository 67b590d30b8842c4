import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { batchOf, sourceOf, traceOf } from '../../../../../test/support/shipped.js';
import type { ShippedTrace } from '../../shared/ship-target.js';
import { listInstances } from '../instances.js';
import { PostgresShipTarget } from './ship-target.js';

const QUIET = { lagBytes: 0, lostBytes: 0, dropped: {} };

describePostgres('values that people and providers send', ({ database }) => {
  const ship = async (traceIn: (trace: ShippedTrace) => ShippedTrace): Promise<ShippedTrace> => {
    const to = new PostgresShipTarget(database());
    const source = sourceOf();
    await to.open(source);
    const trace = traceIn(traceOf(source, 1));
    expect(await to.ship(batchOf(source, [trace]))).toBe('taken');
    return (await to.traces([trace.head.key]))[0]!;
  };

  it('keeps NUL and lone surrogates in the document, and replaces them in what is looked for', async () => {
    const text = 'a\0b\ud800c';
    const stored = await ship((trace) => ({
      ...trace,
      head: { ...trace.head, message: text, contactId: text, tags: { [text]: text } },
      tags: [text],
      search: text,
    }));
    expect(stored.head).toMatchObject({ message: text, tags: { [text]: text }, contactId: 'a\ufffdb\ufffdc' });
    expect(stored).toMatchObject({ tags: ['a\ufffdb\ufffdc'], search: 'a\ufffdb\ufffdc' });
  });

  it('keeps a text of a megabyte', async () => {
    const long = 'añ'.repeat(500_000);
    const stored = await ship((trace) => ({ ...trace, head: { ...trace.head, message: long }, search: long }));
    expect(stored.head.message).toBe(long);
    expect(stored.search).toBe(long);
  });

  it('keeps 10,000 tags', async () => {
    const tags = Array.from({ length: 10_000 }, (_, i) => `tag:order=${i}`);
    expect((await ship((trace) => ({ ...trace, tags }))).tags).toEqual(tags);
  });

  it('keeps braces, quotes, backslashes, NULL and nothing in tags', async () => {
    const tags = ['{}', '"', '\\', '\\"', 'NULL', '', ',', ' a ', '\n', '\u001f'];
    expect((await ship((trace) => ({ ...trace, tags }))).tags).toEqual(tags);
    expect((await ship((trace) => ({ ...trace, tags: [] }))).tags).toEqual([]);
  });

  it('cuts an id that is too long for an index', async () => {
    const messageId = Array.from({ length: 10_000 }, () => Math.random().toString(36)[2]).join('');
    expect((await ship((trace) => ({ ...trace, head: { ...trace.head, messageId } }))).head.messageId).toBe(
      messageId.slice(0, 700),
    );
  });

  it('rounds a cost with a fraction', async () => {
    const sums = { calls: 1, costNano: 1.5, unknownCost: 0, unknownTokens: 0, total: 3 };
    await ship((trace) => ({ ...trace, head: { ...trace.head, usage: { ...sums } as never } }));
  });

  it('leaves out and counts a trace that PostgreSQL refuses, and stores the others of the batch', async () => {
    const to = new PostgresShipTarget(database());
    const source = sourceOf();
    await to.open(source);
    const tooLong = Array.from({ length: 10_000 }, () => Math.random().toString(36)[2]).join('');
    const [bad, good] = [traceOf(source, 1), traceOf(source, 2)];
    const batch = batchOf(source, [{ ...bad, head: { ...bad.head, key: tooLong } }, good]);
    expect(await to.ship(batch)).toBe('taken');
    expect(await to.db.rows('SELECT key FROM nestjs_traces.heads')).toEqual([{ key: good.head.key }]);
    await to.beat(source, { ...QUIET, dropped: { full: 2 } });
    expect(await listInstances(to.db)).toMatchObject([{ dropped: { full: 2, refused_by_store: 1 } }]);
  });

  it('stores traces of any day: of the year 1970, and of the year 2200', async () => {
    const to = new PostgresShipTarget(database());
    const source = sourceOf();
    await to.open(source);
    const traces = [0, Date.UTC(2200, 1, 28, 23, 59) * 1_000].map((startedAt, i) => traceOf(source, i, { startedAt }));
    expect(await to.ship(batchOf(source, traces))).toBe('taken');
    expect(await to.traces(traces.map(({ head }) => head.key))).toHaveLength(2);
  });
});
