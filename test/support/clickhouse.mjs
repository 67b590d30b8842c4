import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHDB = process.env.TRACE_TEST_CHDB;
const PROGRAM = join(import.meta.dirname, 'chdb-server.mjs');

/** A ClickHouse in a temporary directory: the engine of the npm package `chdb` behind HTTP, in a process of its own. */
export class ClickHouseServer {
  #process;
  #port;

  constructor(dir, port) {
    this.dir = dir;
    this.#port = port;
  }

  /** Why no server can run here; `undefined`: one can. */
  static get missing() {
    if (!CHDB) return 'TRACE_TEST_CHDB does not name the folder of the package chdb';
    return existsSync(join(CHDB, 'package.json')) ? undefined : `there is no package chdb in ${CHDB}`;
  }

  static async start() {
    const server = new ClickHouseServer(mkdtempSync(join(tmpdir(), 'trace-clickhouse-')), await freePort());
    await server.run();
    return server;
  }

  get url() {
    return `http://default@127.0.0.1:${this.#port}`;
  }

  /** Folder of the data files. */
  get data() {
    return join(this.dir, 'data');
  }

  /** Microseconds of CPU that the server has used. */
  get cpuUs() {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  }

  /** Starts the server again after `stop`. */
  async run() {
    const args = [PROGRAM, CHDB, this.data, String(this.#port)];
    const child = spawn(process.execPath, args, {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', process.env.TRACE_TEST_CHDB_LOG ? 'inherit' : 'ignore', 'ipc'],
      // Its allocator needs no arguments of the test's Node.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#process = child;
    child.unref();
    child.channel?.unref();
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', (code) => reject(new Error(`chdb-server ended with ${code}`)));
    });
    child.stdout.unref();
  }

  /** Ends the server; `SIGKILL` as a crash does. */
  async stop(signal = 'SIGTERM') {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  }

  /** Ends the server and removes its data. */
  async close() {
    await this.stop('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs one statement. Returns its rows. */
  async query(statement) {
    const url = `${this.url.replace('default@', '')}/?default_format=JSONEachRow&output_format_json_quote_64bit_integers=0`;
    const response = await fetch(url, { method: 'POST', body: statement });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
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
