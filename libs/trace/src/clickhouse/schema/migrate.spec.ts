import { ClickHouseServer } from '../../../../../test/support/clickhouse.mjs';
import { clickhouse } from '../../store/shared-target.js';
import { ClickHouseStore } from '../clickhouse-store.js';
import { ClickHouse } from '../connection/click-house.js';
import { useClickHouse } from '../connection/load-client.js';
import { ClickHouseShipTarget } from '../ship/ship-target.js';
import { ClickHouseSchema, ensureSchema } from './migrate.js';
import { SCHEMA_VERSION } from './schema.sql.js';

const { missing } = ClickHouseServer;

describe('a ClickHouse that does not answer', () => {
  it('is unavailable, in a sentence without the password, and nothing of it throws elsewhere', async () => {
    const store = new ClickHouseStore(clickhouse({ url: 'http://ana:secret-word@127.0.0.1:1' }));
    const error = await store.list({ limit: 1 }).catch((failure: Error) => failure);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const { problems } = await store.health();
    expect(problems[0]).toContain('ECONNREFUSED');
    expect(`${(error as Error).message} ${problems.join()}`).not.toContain('secret-word');
    await store.close();
    await store.close();
  });

  it('has no driver: the error names the package and the command', async () => {
    useClickHouse({ main: '/no/such/place.js' });
    const store = new ClickHouseStore(clickhouse({ url: 'http://127.0.0.1:1' }));
    await expect(store.list({ limit: 1 })).rejects.toMatchObject({
      code: 'DRIVER_MISSING',
      message: expect.stringContaining('npm install @clickhouse/client') as string,
    });
    useClickHouse(undefined);
  });
});

(missing ? describe.skip : describe)(`the tables in ClickHouse${missing ? `: ${missing}` : ''}`, () => {
  let server: ClickHouseServer;
  const open: ClickHouse[] = [];

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(async () => {
    await Promise.all(open.map((db) => db.close()));
    await server?.close();
  });

  function connect(database: string, manage: 'auto' | 'off' = 'auto'): ClickHouse {
    const db = new ClickHouse(clickhouse({ url: server.url, database, manage }));
    open.push(db);
    return db;
  }

  it('are created once, also by several processes at once', async () => {
    await Promise.all([1, 2, 3].map(() => ensureSchema(connect('many'), 'write')));
    const schema = new ClickHouseSchema(connect('many'));
    expect(await schema.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    const status = await schema.status();
    expect(status).toMatchObject({
      kind: 'clickhouse',
      name: 'many',
      version: SCHEMA_VERSION,
      wanted: SCHEMA_VERSION,
      days: [],
    });
    expect(status.server).toMatch(/^ClickHouse \d+\./);
    expect(status.refused).toBeUndefined();
  });

  it('are created by hand where programs may not', async () => {
    const db = connect('by_hand', 'off');
    const source = { writer: 'w', instance: 'i', host: 'h', pid: 1, version: '1', isOwn: true };
    const refused = { code: 'SCHEMA_OUTDATED', message: expect.stringContaining('db migrate') as string };
    await expect(ensureSchema(db, 'read')).rejects.toMatchObject(refused);
    await expect(new ClickHouseShipTarget(db).open(source)).rejects.toMatchObject(refused);
    const schema = new ClickHouseSchema(db);
    expect((await schema.status()).version).toBeNull();
    // A person runs the script, statement by statement.
    for (const statement of schema.script().split(/;\n/)) if (statement.trim()) await server.query(statement);
    expect(await new ClickHouseShipTarget(db).open(source)).toEqual({ segment: 0, offset: 0 });
  });

  it('of a later version can be read, or not, as they say', async () => {
    await ensureSchema(connect('later'), 'write');
    await connect('later').insert('meta', [
      { version: SCHEMA_VERSION + 1, min_reader: 1, min_writer: SCHEMA_VERSION + 1 },
    ]);
    await ensureSchema(connect('later'), 'read');
    await expect(ensureSchema(connect('later'), 'write')).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    expect((await new ClickHouseSchema(connect('later')).status()).refused).toContain(`version ${SCHEMA_VERSION + 1}`);
  });

  it('are asked for again after a failure', async () => {
    const db = connect('again');
    await server.stop('SIGKILL');
    await expect(ensureSchema(db, 'read')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await server.run();
    await ensureSchema(db, 'read');
  });
});
