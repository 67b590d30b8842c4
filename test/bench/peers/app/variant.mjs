import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Load } from './load.mjs';

/** A program of this directory as a process that sends its port; rejects with its reason when it cannot start. */
export async function startProcess(file, args = [], node = process.execPath) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execPath: node,
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production', TRACE_DIR: undefined },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const { port } = await reply(child, file);
    return { child, port };
  } catch (error) {
    // One that is still starting would keep this process alive by its channel.
    child.kill('SIGKILL');
    throw error;
  }
}

/** A variant that does not answer for this long hangs, for example in its flush; it is left out. */
const ANSWER_MS = 120_000;

/** The next message of a process. */
export function reply(child, name) {
  return new Promise((resolve, reject) => {
    const settle = (done) => (value) => {
      clearTimeout(late);
      child.off('exit', exited).off('message', answered);
      done(value);
    };
    const exited = settle((code) => reject(new Error(`${name} ended with ${code ?? 'a signal'}`)));
    const answered = settle((message) => {
      if (message.failed) reject(new Error(message.failed));
      else resolve(message);
    });
    const hangs = settle(() => reject(new Error(`${name} did not answer for ${ANSWER_MS / 1000} s`)));
    const late = setTimeout(hangs, ANSWER_MS);
    child.once('exit', exited);
    child.once('message', answered);
  });
}

/** A running variant. */
export class Variant {
  /** @throws Error with the reason when it cannot start. */
  static async start(name, { sink, dir, node, adapter, route }) {
    const config = JSON.stringify({ name, sink, dir, adapter });
    const { child, port } = await startProcess('server.mjs', [config], node);
    return new Variant(name, child, new Load(port, route));
  }

  constructor(name, child, load) {
    this.name = name;
    this.child = child;
    this.load = load;
  }

  /** Requests per second with 16 in flight: what a fifth of is the pace of the readings. */
  async capacity(requests) {
    await this.ask('prepare', this.values(requests));
    return this.load.flood(requests, 16);
  }

  /** CPU per request of one reading, with all deferred work. */
  async reading(requests, perSecond) {
    const before = await this.ask('begin', this.values(requests));
    await this.load.paced(requests, perSecond);
    const after = await this.ask('end');
    return {
      main_ms: (after.main - before.main) / requests,
      process_ms: (after.process - before.process) / requests,
      heap_mb: after.heap / 2 ** 20,
      delivered: after.delivered === undefined ? undefined : (after.delivered - before.delivered) / requests,
    };
  }

  /** The route that nothing traces has no values. */
  values(requests) {
    return this.load.route === 'plain' ? 0 : requests;
  }

  ask(what, requests) {
    const answered = reply(this.child, this.name);
    this.child.send({ ask: what, requests });
    return answered;
  }

  async close() {
    this.load.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => void this.child.once('exit', resolve));
    this.child.send({ ask: 'close' });
    // A variant whose shutdown hangs, for example because it still sends, is ended.
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(late);
  }
}
