import { hostname } from 'node:os';
import { resolveOptions } from '../trace.options.js';
import { postgres } from './shared-target.js';
import { resolveStorage, type StorageOptions } from './storage.options.js';

const URL = 'postgres://traces:secret@db:5432/app';
const resolve = (options: StorageOptions = {}, env: NodeJS.ProcessEnv = {}) => resolveStorage(options, env).shared;

describe('the options of a shared store', () => {
  it('are absent by default, also where some are given', () => {
    expect(resolve()).toBeUndefined();
    expect(resolve({ instance: 'web-1', keepLocal: '2h' })).toBeUndefined();
    expect(resolve({}, { TRACE_STORE_URL: '' })).toBeUndefined();
  });

  it('have defaults', () => {
    expect(resolve({}, { TRACE_STORE_URL: URL })).toEqual({
      target: postgres({ url: URL }),
      instance: hostname(),
      service: undefined,
      spoolBytes: 4 * 2 ** 30,
      keepLocalMs: 3_600_000,
      closeMs: 5_000,
    });
  });

  it('prefer the code to the environment', () => {
    const shared = postgres({ url: URL, schema: 'mine' });
    const found = resolve(
      { shared, instance: 'web-1', service: 'bot', spool: { maxBytes: '512MiB' }, keepLocal: '30m', closeMs: '20s' },
      { TRACE_STORE_URL: 'clickhouse://other:8123' },
    );
    expect(found).toEqual({
      target: shared,
      instance: 'web-1',
      service: 'bot',
      spoolBytes: 512 * 2 ** 20,
      keepLocalMs: 1_800_000,
      closeMs: 20_000,
    });
  });

  it('take the schema and the database from the URL', () => {
    expect(resolve({}, { TRACE_STORE_URL: `${URL}?schema=mine` })?.target).toEqual(
      postgres({ url: URL, schema: 'mine' }),
    );
    expect(resolve({}, { TRACE_STORE_URL: 'clickhouse://db:8123?database=mine' })?.target).toMatchObject({
      kind: 'clickhouse',
      url: 'http://db:8123',
      database: 'mine',
    });
  });

  it('are not used with a store of the application', () => {
    const store = { list: () => undefined, getMany: () => undefined } as never;
    expect(resolveStorage(store, { TRACE_STORE_URL: URL }).shared).toBeUndefined();
  });

  it.each<[object, RegExp]>([
    [{ shared: URL }, /`storage\.shared` is 'postgres:\/\/traces:\*\*\*@db.*postgres\(\{ url \}\)/],
    [{ shared: { kind: 'mysql' } }, /storage\.shared/],
    [{ instance: '' }, /storage\.instance/],
    [{ instance: 7 }, /storage\.instance.*7/],
    [{ spool: { maxBytes: 'lots' } }, /storage\.spool\.maxBytes.*lots/],
    [{ spool: { maxByte: 1 } }, /storage\.spool\.maxByte/],
    [{ keepLocal: 'soon' }, /storage\.keepLocal.*soon/],
    [{ closeMs: -1 }, /storage\.closeMs.*-1/],
    [{ shard: 1 }, /storage\.shard/],
  ])('%j is refused with its name and value', (options, words) => {
    expect(() => resolve(options as StorageOptions)).toThrow(words);
  });

  it('never show a password', () => {
    const bad = 'mysql://traces:secret@db/app';
    for (const work of [
      () => resolve({}, { TRACE_STORE_URL: bad }),
      () => postgres({ url: bad }),
      () => resolve({ shared: URL as never }),
      () => resolve({ shared: { url: URL } as never }),
    ]) {
      expect(work).toThrow(/storage\.shared/);
      expect(work).not.toThrow(/secret/);
    }
  });
});

describe('retention of a shared store', () => {
  it('has a limit of bytes only where one is set', () => {
    const of = (retention?: object) => resolveOptions({ retention }, {}).sharedRetention;
    expect(of()).toEqual({ maxAgeMs: 7 * 86_400_000, errorMaxAgeMs: 30 * 86_400_000, maxBytes: undefined });
    expect(of({ maxBytes: '1GiB', maxAge: '1d' })).toMatchObject({ maxAgeMs: 86_400_000, maxBytes: 2 ** 30 });
  });
});
