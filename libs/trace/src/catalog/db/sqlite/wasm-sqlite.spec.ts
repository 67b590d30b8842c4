import { WASM } from '../../../../../../test/support/wasm.js';
import { isRefusal, SQLITE, sqliteCode } from './sqlite.js';
import { WasmDatabase } from './wasm-sqlite.js';

let db: WasmDatabase;

beforeEach(() => {
  db = new WasmDatabase(WASM, 1024 * 1024);
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, us INTEGER NOT NULL, name TEXT UNIQUE, bytes BLOB) STRICT');
});
afterEach(() => db.close());

const codeOf = (work: () => unknown): number | undefined => {
  try {
    work();
  } catch (error) {
    return sqliteCode(error);
  }
  return undefined;
};

describe('SQLite as WASM', () => {
  it('keeps integers above 32 bits whole, also where SQL divides a parameter', () => {
    const us = 1_764_543_210_123_457;
    expect(db.prepare('SELECT ? AS us, ? / 1000 AS ms, -? AS below, ? AS part').get(us, us, us, 0.5)).toEqual({
      us,
      ms: 1_764_543_210_123,
      below: -us,
      part: 0.5,
    });
  });

  it('returns texts and bytes unchanged', () => {
    const insert = db.prepare('INSERT INTO t (us, name, bytes) VALUES (:us, :name, :bytes) RETURNING id, name, bytes');
    const long = 'ñ😀'.repeat(20_000);
    const texts = ['', 'a\0b', 'cotización 😀', long];
    for (const [at, name] of texts.entries()) {
      const bytes = Uint8Array.from({ length: at * 1000 }, (_, i) => i % 256);
      expect(insert.get({ us: 1, name, bytes })).toEqual({ id: at + 1, name, bytes });
    }
    expect(db.prepare('SELECT name FROM t ORDER BY id').all()).toEqual(texts.map((name) => ({ name })));
    expect(db.prepare('UPDATE t SET us = 2').run()).toMatchObject({ changes: 4 });
  });

  it('passes all values to functions, and their errors to the caller', () => {
    const got: unknown[] = [];
    const options = { deterministic: true, varargs: true } as const;
    db.function('f', options, (...args) => (got.push(...args), args.length));
    db.function('bad', options, () => {
      throw new Error('no such thing');
    });
    expect(db.prepare("SELECT f(1, 2.5, ?, NULL, x'0102') AS n").get('a\0b')).toEqual({ n: 5 });
    expect(got).toEqual([1, 2.5, 'a\0b', null, Uint8Array.of(1, 2)]);
    expect(() => db.prepare('SELECT bad()').get()).toThrow('no such thing');
  });

  it('throws errors with the code of SQLite, and continues', () => {
    const insert = db.prepare('INSERT INTO t (us, name) VALUES (?, ?)');
    insert.run(1, 'a');
    expect(codeOf(() => insert.run(1, 'a'))).toBe(SQLITE.CONSTRAINT);
    expect(codeOf(() => insert.run('text', 'b'))).toBe(SQLITE.CONSTRAINT);
    expect(codeOf(() => db.prepare('SELECT nothing'))).toBe(1);
    expect(() => insert.run(undefined, 'c')).toThrow(TypeError);
    expect(isRefusal(new TypeError('x'))).toBe(true);
    db.exec('BEGIN IMMEDIATE');
    insert.run(2, 'd');
    db.exec('ROLLBACK');
    expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 1 });
  });

  it('is full at its limit, and accepts more after rows are deleted', () => {
    const insert = db.prepare('INSERT INTO t (us, bytes) VALUES (1, zeroblob(100000))');
    const full = codeOf(() => {
      for (let n = 0; n < 20; n += 1) insert.run();
    });
    expect(full).toBe(SQLITE.FULL);
    db.exec('DELETE FROM t');
    insert.run();
  });
});
