import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { TerminationGuard } from '../libs/trace/src/catalog/db/sqlite/termination-guard.js';

const run = promisify(execFile);

describe('an application that exits', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'trace-exit-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Before the guard existed, one run in six ended with SIGABRT on Node 20. */
  it('exits with its own code while the index works', async () => {
    const lanes = [0, 1].map(async (lane) => {
      for (let n = 0; n < 6; n += 1) {
        // Rejects with the code or the signal where it is not 0.
        await run(process.execPath, [
          'test/support/exiting.program.mjs',
          join(dir, `${lane}-${n}`),
          String(30 + 9 * n),
        ]);
      }
    });
    await Promise.all(lanes);
    // Twelve processes, one after the other: a busy machine needs this time.
  }, 90_000);
});

/** Number of applications, and the output: `end` by its last statement, a response that was due after it. */
const ENDINGS: [ways: string, applications: number, printed: string][] = [
  ['a script', 1, 'end\n'],
  ['applications without a query', 5, 'end\n'],
  ['applications that were asked', 2, 'end\n'],
  ['a question on its way', 1, 'end\nanswer: 1\n'],
  ['/debug on servers that were closed', 2, 'end\n'],
];
/** Generous for an exit, and far below the 30 s that a query may take. */
const MAX_ENDING_MS = 1_500;

describe('a program that recorded a trace and closes nothing', () => {
  let root: string;
  beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'trace-ending-'))));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Files of the journal that contain the trace. */
  const recorded = (dir: string): number =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.ndjson'))
      .filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes('last-step')).length;

  const end = async (way: string, dir: string): Promise<object> => {
    const env = { ...process.env, NODE_ENV: 'test' };
    const args = ['test/support/ending.program.mjs', way, dir];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let [printed, errors, endedAt] = ['', '', 0];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      endedAt = performance.now();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, printed, errors, late: performance.now() - endedAt > MAX_ENDING_MS, recorded: recorded(dir) };
  };

  it.each(ENDINGS)(
    'ends by itself, at once, with exit code 0 and the trace on the disk: %s',
    async (way, applications, printed) => {
      const ended = { code: 0, printed, errors: '', late: false, recorded: applications };
      expect(await end(way, join(root, way.replaceAll('/', '')))).toEqual(ended);
    },
  );

  it('may be a Jest suite', async () => {
    const { default: config } = (await import(pathToFileURL('jest.config.js').href)) as { default: object };
    const suite = { ...config, rootDir: process.cwd(), testMatch: ['**/support/ending.suite.mjs'] };
    const dir = join(root, 'jest');
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', JSON.stringify(suite)];
    // Jest itself warns, and waits, where something keeps it from exiting.
    const { stderr } = await run(process.execPath, jest, {
      env: { ...process.env, NODE_ENV: 'test', TRACES: dir },
      timeout: 60_000,
    });
    expect(stderr).toContain('1 passed');
    expect(stderr).not.toContain('did not exit');
    expect(recorded(dir)).toBe(1);
  }, 70_000);
});

describe('the guard around native calls', () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ TerminationGuard }) => {
      const guard = new TerminationGuard(workerData.shared);
      const wait = new Int32Array(workerData.wait);
      guard.enter();
      parentPort.postMessage('inside');
      Atomics.wait(wait, 0, 0);
      guard.leave();
      guard.enter();
      parentPort.postMessage('inside again');
    });`;

  it('waits for a running call, and allows no further one', async () => {
    const guard = new TerminationGuard();
    const wait = new Int32Array(new SharedArrayBuffer(4));
    const module = pathToFileURL(resolve('dist/libs/trace/src/catalog/db/sqlite/termination-guard.js')).href;
    const worker = new Worker(code, { eval: true, workerData: { module, shared: guard.shared, wait: wait.buffer } });
    const said: unknown[] = [];
    worker.on('message', (message) => said.push(message));
    await new Promise((inside) => void worker.once('message', inside));
    expect(guard.shut(0)).toBe(false);
    Atomics.store(wait, 0, 1);
    Atomics.notify(wait, 0);
    expect(guard.shut(10_000)).toBe(true);
    await worker.terminate();
    expect(said).toEqual(['inside']);
  });

  it('returns at once when no call is running', () => {
    const guard = new TerminationGuard();
    guard.enter();
    guard.leave();
    expect(guard.shut(0)).toBe(true);
  });
});
