import { Database } from '../../libs/trace/src/postgres/connection/database.js';
import { postgres, type PostgresOptions } from '../../libs/trace/src/store/shared-target.js';
import { PostgresServer, type PostgresServerOptions } from './postgres.mjs';

/** What the tests of one `describe` share. */
export interface GivenPostgres {
  server(): PostgresServer;
  /** A database with a schema that no other test has, unless one is given. It is closed after the test. */
  database(options?: Partial<PostgresOptions>): Database;
  /** A second process with the same tables. */
  second(of: Database, options?: Partial<PostgresOptions>): Database;
}

/** `describe` with one PostgreSQL server for all its tests; skipped with a reason where none can run. */
export function describePostgres(
  title: string,
  tests: (given: GivenPostgres) => void,
  options: PostgresServerOptions = {},
): void {
  const { missing } = PostgresServer;
  const run = missing ? describe.skip : describe;
  run(missing ? `${title} (skipped: ${missing})` : title, () => {
    let server: PostgresServer;
    let schemas = 0;
    const opened: Database[] = [];
    const database = (given: Partial<PostgresOptions> = {}): Database => {
      const made = new Database(postgres({ url: server.url, schema: `test_${(schemas += 1)}`, ...given }));
      opened.push(made);
      return made;
    };
    beforeAll(async () => {
      server = await PostgresServer.start(options);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((made) => made.close()));
    });
    afterAll(() => server?.close());
    tests({
      server: () => server,
      database,
      second: ({ target: { url, schema, search, manage } }, given = {}) =>
        database({ url, schema, search, manage, ...given }),
    });
  });
}
