import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { NativeGate } from '../libs/trace/src/catalog/native-gate.js';

const run = promisify(execFile);

describe('an application that ends itself', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'trace-exit-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Before there was a gate, one run in six ended with SIGABRT on Node 20. */
  it('ends as it wished, whatever the index is doing', async () => {
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
    // Twelve processes, one after the other: a busy machine takes its time.
  }, 90_000);
});

describe('the gate before a native call', () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ NativeGate }) => {
      const gate = new NativeGate(workerData.shared);
      const wait = new Int32Array(workerData.wait);
      gate.enter();
      parentPort.postMessage('inside');
      Atomics.wait(wait, 0, 0);
      gate.leave();
      gate.enter();
      parentPort.postMessage('inside again');
    });`;

  it('waits for who is inside, and lets nobody in again', async () => {
    const gate = new NativeGate();
    const wait = new Int32Array(new SharedArrayBuffer(4));
    const module = pathToFileURL(resolve('dist/libs/trace/src/catalog/native-gate.js')).href;
    const worker = new Worker(code, { eval: true, workerData: { module, shared: gate.shared, wait: wait.buffer } });
    const said: unknown[] = [];
    worker.on('message', (message) => said.push(message));
    await new Promise((inside) => void worker.once('message', inside));
    expect(gate.shut(0)).toBe(false);
    Atomics.store(wait, 0, 1);
    Atomics.notify(wait, 0);
    expect(gate.shut(10_000)).toBe(true);
    await worker.terminate();
    expect(said).toEqual(['inside']);
  });

  it('is open when nobody has shut it', () => {
    const gate = new NativeGate();
    gate.enter();
    gate.leave();
    expect(gate.shut(0)).toBe(true);
  });
});
