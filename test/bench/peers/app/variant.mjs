import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Load } from './load.mjs';

/** A program of this directory as a process that prints its port. */
export async function startProcess(file, args = []) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production', TRACE_DIR: undefined },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ${args.join(' ')} ended with ${code} before it was ready`)));
    child.once('message', (message) => resolve(message.port));
  });
  return { child, port };
}

/** A running variant. */
export class Variant {
  static async start(name, sink, dir) {
    const { child, port } = await startProcess('server.mjs', [name, sink, dir]);
    return new Variant(name, child, new Load(port));
  }

  constructor(name, child, load) {
    this.name = name;
    this.child = child;
    this.load = load;
  }

  /**
   * Paced for the cost and the delay of a request, then flooded for the throughput. Each includes all deferred work.
   */
  async round({ requests, perSecond, concurrency }) {
    const before = await this.ask('begin');
    const latencies = await this.load.paced(requests, perSecond);
    const after = await this.ask('end');
    const throughput = await this.load.flood(requests, concurrency);
    return {
      main_ms: (after.main - before.main) / requests,
      process_ms: (after.process - before.process) / requests,
      p99_ms: latencies.sort((a, b) => a - b)[Math.ceil(latencies.length * 0.99) - 1],
      heap_mb: after.heap / 2 ** 20,
      throughput,
      delivered: after.delivered === undefined ? undefined : (after.delivered - before.delivered) / requests,
    };
  }

  ask(what) {
    return new Promise((resolve, reject) => {
      const exited = (code) => reject(new Error(`${this.name} ended with ${code}`));
      this.child.once('exit', exited);
      this.child.once('message', (answer) => {
        this.child.off('exit', exited);
        resolve(answer);
      });
      this.child.send({ ask: what });
    });
  }

  async close() {
    this.load.close();
    const gone = new Promise((resolve) => void this.child.once('exit', resolve));
    this.child.send({ ask: 'close' });
    await gone;
  }
}
