import type { ValueKind } from '../../contract/responses.js';
import { MemoryStore } from '../../store/memory/memory-store.js';
import { tagged } from '../../testing/store-contract/model-calls.js';
import { SECOND, Subject, T0 } from '../../testing/store-contract/subject.js';
import { writeCalls } from '../../testing/store-contract/usage.rules.js';
import { TraceQueryService } from '../trace-query.js';

const DAY = 86_400;

async function filled() {
  const subject = new Subject(new MemoryStore());
  await writeCalls(subject);
  await subject.write(20, { contact: 'Beta', agent: 'sofia', tool: 'calendar' });
  await subject.write(21, { contact: 'beto', agent: 'maria', tool: 'calendar' });
  const trace = await subject.write(22, { contact: '100%', agent: 'sofia', tool: 'crm', end: false });
  await subject.append(tagged(trace, 'plan', 'gold', T0 + 22 * SECOND));
  return subject.store;
}

async function asked(of: ValueKind, prefix?: string, seconds = 2 * DAY): Promise<[string, number][]> {
  const store = await filled();
  const own = { instance: 'web-1', host: 'h', pid: 1, version: '0' };
  const clock = { now: () => T0 + seconds * SECOND };
  const query = new TraceQueryService({ store, version: '0', clock, own });
  const { values } = await query.values(of, prefix);
  return values.map(({ value, traces }) => [value, traces]);
}

it('are names of traces of the last seven days, most frequent first', async () => {
  expect(await asked('tool')).toEqual([
    ['calendar', 2],
    ['crm', 1],
  ]);
  expect((await asked('agent')).slice(0, 2)).toEqual([
    ['supervisor', 3],
    ['sofia', 2],
  ]);
  expect((await asked('model'))[0]).toEqual(['mini', 3]);
  expect((await asked('host'))[0]![1]).toBe(5);
  expect(await asked('tag')).toEqual(
    expect.arrayContaining([
      ['plan', 2],
      ['plan=gold', 1],
      ['plan=pro', 1],
    ]),
  );
  expect(await asked('instance')).toEqual([['web-1', 0]]);
});

it('begin with the text, in either case', async () => {
  expect(await asked('contact', 'BET')).toEqual([
    ['beto', 2],
    ['Beta', 1],
  ]);
  expect(await asked('contact', '100%')).toEqual([['100%', 1]]);
  expect(await asked('tag', 'plan=G')).toEqual([['plan=gold', 1]]);
  expect(await asked('tool', 'none')).toEqual([]);
});

it('leave out what only older traces have', async () => {
  expect(await asked('tool', undefined, 7 * DAY + 21.5)).toEqual([['crm', 1]]);
  expect(await asked('contact', undefined, 9 * DAY)).toEqual([]);
});
