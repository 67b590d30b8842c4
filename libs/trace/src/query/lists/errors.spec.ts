import { MemoryStore } from '../../store/memory/memory-store.js';
import type { TraceStore } from '../../store/port.js';
import { errorIn, idOf, SECOND, Subject, T0 } from '../../testing/store-contract/subject.js';
import { TraceQueryService } from '../trace-query.js';

async function twoGroups() {
  const store = new MemoryStore();
  const subject = new Subject(store);
  const fail = async (n: number, fingerprint: string, message: string): Promise<void> => {
    const trace = await subject.write(n, { contact: `c${n}`, end: false });
    const at = T0 + n * SECOND;
    const error = { ...errorIn(trace, message, at), fingerprint } as ReturnType<typeof errorIn>;
    await subject.append(error, { kind: 'end', trace, status: 'error', ts: at });
  };
  await fail(1, 'slots', 'No slots');
  await fail(2, 'slots', 'No slots');
  await fail(3, 'café', 'CAFÉ is closed');
  let now = T0 + 60 * SECOND;
  const query = new TraceQueryService({ store, version: '0', clock: { now: () => now } });
  const states = async (params = {}): Promise<unknown[]> =>
    (await query.errorGroups(params)).groups.map(({ fingerprint, state, state_since: since }) => [
      fingerprint,
      state,
      since,
    ]);
  return { store, query, states, fail, later: (seconds: number) => (now += seconds * SECOND) };
}

const SINCE = '2023-11-14T22:14:20.000000Z';

describe('the state of an error group', () => {
  it('is open until a person sets it', async () => {
    const { query, states } = await twoGroups();
    expect(await states()).toEqual([
      ['slots', 'open', null],
      ['café', 'open', null],
    ]);
    expect(await query.setErrorState('slots', 'resolved')).toEqual({
      fingerprint: 'slots',
      state: 'resolved',
      state_since: SINCE,
    });
    await query.setErrorState('café', 'ignored');
    expect(await states()).toEqual([
      ['slots', 'resolved', SINCE],
      ['café', 'ignored', SINCE],
    ]);
    expect(await query.setErrorState('slots', 'open')).toEqual({
      fingerprint: 'slots',
      state: 'open',
      state_since: null,
    });
    expect(await states()).toContainEqual(['slots', 'open', null]);
  });

  it('is open again with the next error when it was resolved, and stays when it was ignored', async () => {
    const { query, states, fail } = await twoGroups();
    await query.setErrorState('slots', 'resolved');
    await query.setErrorState('café', 'ignored');
    await fail(70, 'slots', 'No slots');
    await fail(71, 'café', 'CAFÉ is closed');
    expect(await states()).toEqual([
      ['slots', 'open', null],
      ['café', 'ignored', SINCE],
    ]);
  });

  it('is a filter of the list, as is a text', async () => {
    const { query, states } = await twoGroups();
    await query.setErrorState('slots', 'resolved');
    expect(await states({ state: 'resolved' })).toEqual([['slots', 'resolved', SINCE]]);
    expect(await states({ state: 'open' })).toEqual([['café', 'open', null]]);
    expect(await states({ state: 'ignored' })).toEqual([]);
    expect(await states({ q: 'cafe\u0301 IS' })).toEqual([['café', 'open', null]]);
    expect(await states({ q: 'tool.RUN', state: 'open' })).toEqual([['café', 'open', null]]);
    expect(await states({ q: 'nothing' })).toEqual([]);
  });

  it('is refused for a group that no error has', async () => {
    const { query, store } = await twoGroups();
    await expect(query.setErrorState('none', 'ignored')).rejects.toMatchObject({ code: 'NO_ERRORS' });
    await query.setErrorState('slots', 'ignored');
    await store.admin.clear({ keepErrors: false });
    expect(await query.setErrorState('slots', 'open')).toMatchObject({ state: 'open' });
  });

  it('needs a store that keeps it', async () => {
    const { store } = await twoGroups();
    const without = (errors: TraceStore['errors']): TraceQueryService => {
      const { list, get, getMany, health, close, freshness } = store;
      const bound = { list: list.bind(store), get: get.bind(store), getMany: getMany.bind(store) };
      const small = { ...bound, health: health.bind(store), close: close.bind(store), freshness, errors } as TraceStore;
      return new TraceQueryService({ store: small, version: '0' });
    };
    const code = 'NOT_SUPPORTED';
    await expect(without(undefined).setErrorState('slots', 'open')).rejects.toMatchObject({ code });
    await expect(without({ marks: store.errors.marks }).setErrorState('slots', 'open')).rejects.toMatchObject({ code });
    await expect(without(undefined).traces({ fingerprint: 'slots' })).rejects.toMatchObject({ code });
    await expect(without(undefined).traces({ sort: 'duration' })).rejects.toMatchObject({ code });
    expect((await without(undefined).traces({ sort: 'started' })).count).toBe(3);
    expect((await without(undefined).errorGroups({})).groups[0]).toMatchObject({ state: 'open' });
  });
});

it('the traces of a group are a list', async () => {
  const { query } = await twoGroups();
  const { traces } = await query.traces({ fingerprint: 'slots' });
  expect(traces.map(({ trace_id }) => trace_id)).toEqual([idOf('c2', 2), idOf('c1', 1)]);
  expect(traces[0]!.error).toEqual({ location: 'Tool.run', message: 'No slots' });
});
