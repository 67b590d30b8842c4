import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { durability } from './durability.mjs';

/** Running applications. One that a failed case left ends with this process. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

const APP = fileURLToPath(new URL('../app.mjs', import.meta.url));

/**
 * Starts the application in a process of its own and answers once it listens.
 * @param settings what `app.mjs` takes
 * @param how `argv` of the process before the script, e.g. `prlimit`; `uid` to run as; flags of Node
 */
export async function startApp(settings, { wrap = [], node = [], uid } = {}) {
  const store = { durability: durability(), ...settings.store };
  const argv = [...wrap, process.execPath, ...node, APP, JSON.stringify({ ...settings, store })];
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TRACE_DIR: settings.dir, NODE_ENV: 'test' },
    ...(uid && { uid, gid: uid }),
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (found) resolve(found);
    });
    exited.then(() => reject(new Error(`the application ended before it listened: ${stderr.slice(-2_000)}`)));
  });
  const agent = new Agent({ keepAlive: true });
  return {
    child,
    url,
    exited,
    stderr: () => stderr,
    post: (path, body = {}, own = agent) => call(own, `${url}${path}`, body, 'POST', settings.acks),
    get: (path, own = agent) => call(own, `${url}${path}`),
    remove: (path, own = agent) => call(own, `${url}${path}`, undefined, 'DELETE'),
    /** Ends it by signal; resolves when the process is gone. */
    async end(signal) {
      child.kill(signal);
      await exited;
      agent.destroy();
    },
  };
}

/** By file of acknowledgements: number of the last event that the application had recorded before a response that arrived. */
const reached = new Map();

/**
 * One request: `{ status, body, ms }`. Rejects when the connection breaks.
 * @param acks the application's file; what the head of the response acknowledges is kept for it
 */
export function call(agent, url, body, method = body === undefined ? 'GET' : 'POST', acks = undefined) {
  const started = performance.now();
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sent = request(url, { agent, method, headers }, (response) => {
      let answer = '';
      const upTo = Number(response.headers['x-recorded']);
      if (upTo > (reached.get(acks) ?? 0)) reached.set(acks, upTo);
      response.setEncoding('utf8');
      response.on('data', (chunk) => (answer += chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, body: parsed(answer), ms: performance.now() - started }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Posts webhooks over some connections until `stop` is called or the application is gone. Counts responses, and
 * requests without one; keeps the durations.
 */
export function startLoad(app, { connections = 6, pauseMs = 0 } = {}) {
  const load = { answered: 0, refused: 0, failed: 0, times: [], stopped: false, done: undefined, stop };
  let n = 0;
  load.done = Promise.all(Array.from({ length: connections }, run));
  return load;

  async function run() {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!load.stopped) {
      try {
        n += 1;
        const { status, ms } = await app.post('/webhook', { contactId: `contact-${n % 50}`, body: 'hola' }, agent);
        if (status === 200) load.answered += 1;
        else load.refused += 1;
        load.times.push(ms);
        if (pauseMs > 0) await sleep(pauseMs);
      } catch {
        load.failed += 1;
        break;
      }
    }
    agent.destroy();
  }
  function stop() {
    load.stopped = true;
    return load.done;
  }
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Polls until `good` returns true. Returns the last result and the elapsed milliseconds. Throws after `withinMs`. */
export async function until(ask, good, withinMs = 30_000) {
  const started = performance.now();
  for (let last; ;) {
    try {
      last = await ask();
      if (good(last)) return { value: last, ms: Math.round(performance.now() - started) };
    } catch (error) {
      last = error;
    }
    if (performance.now() - started > withinMs) {
      throw new Error(`not within ${withinMs} ms: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
    }
    await sleep(50);
  }
}

/** The ids of all events that were recorded: the function had returned. A truncated last line was not written in time. */
export function recordedIds(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

/**
 * The ids of the acknowledged events. With `turn` these are the ones that a response which arrived came after; with the
 * others, all that were recorded.
 */
export function acknowledged(file) {
  const ids = recordedIds(file);
  return durability() === 'turn' ? ids.filter((id) => Number(id.split('-').at(-1)) <= (reached.get(file) ?? 0)) : ids;
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}
