/**
 * One CPU at its limit: the application of `bench -- app` (twelve steps, 38 KB), untraced and traced, with all its threads
 * on CPU 0, and a load of as many requests as it answers; the load and the measurements are on the other CPU. Half of the
 * untraced time is before the traced one, half after it. Meanwhile, twice a second, a webhook of a new contact is sent and
 * its trace is asked for by id and by contact: the time from its response to the answer that has it. The lag is read from
 * the index's file, so that measuring it does not index anything.
 * What is kept of the throughput depends on what a request costs without tracing: `--work` is how often each step parses and
 * stringifies its payload; 24 times are about 2 ms a request, 0 is the recorder's price and nothing else.
 * `npm run bench -- saturation [--seconds 60] [--lanes 16] [--work 24] [--quiet] [--node /path/to/node]`: one line of JSON.
 * `--quiet` asks nothing. Linux only: the processes are bound with `taskset`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Load } from './peers/app/load.mjs';
import { quantile, rounded } from './support/measure.mjs';
import { IndexLag, OwnWrites } from './support/saturation-probes.mjs';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    lanes: { type: 'string', default: '16' },
    work: { type: 'string', default: '24' },
    quiet: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
  },
});
const seconds = Number(flags.seconds);
const lanes = Number(flags.lanes);
const work = Number(flags.work);
const WARM_UP_MS = 4_000;

spawnSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
const root = mkdtempSync(join(tmpdir(), 'bench-saturation-'));
const dir = join(root, 'traces');
const untraced = await start({ work });
const traced = await start({ dir, work });
try {
  for (const app of [untraced, traced]) await flood(app, WARM_UP_MS);
  const before = await flood(untraced, seconds * 500);
  const own = flags.quiet ? undefined : new OwnWrites(traced);
  const samples = [];
  const stop = new AbortController();
  const watching = Promise.all([watch(traced, samples, stop.signal), own?.run(stop.signal)]);
  const flooded = await flood(traced, seconds * 1000);
  stop.abort();
  await watching;
  const after = await flood(untraced, seconds * 500);
  console.log(JSON.stringify(summary({ before, flooded, after, samples, own })));
} finally {
  for (const { child, load } of [untraced, traced]) {
    load.close();
    child.kill('SIGKILL');
  }
  rmSync(root, { recursive: true, force: true });
}

async function start(options) {
  const program = fileURLToPath(new URL('support/saturation-server.mjs', import.meta.url));
  const child = spawn('taskset', ['-c', '0', flags.node, program, JSON.stringify(options)], {
    env: { ...process.env, NODE_ENV: 'production', TRACE_DIR: undefined },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port } = await answerOf(child);
  return { child, port, load: new Load(port) };
}

function answerOf(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`the application ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

function ask({ child }) {
  const answer = answerOf(child);
  child.send('state');
  return answer;
}

/** As many requests at a time as there are lanes. */
async function flood(app, ms) {
  const began = await ask(app);
  const until = performance.now() + ms;
  const taken = [];
  const lane = async () => {
    while (performance.now() < until) taken.push(await app.load.send());
  };
  const sentAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const took = (performance.now() - sentAt) / 1000;
  const ended = await ask(app);
  return { requests: taken.length, seconds: took, cpu: ended.cpu_s - began.cpu_s, taken };
}

/** A sample a second. */
async function watch(app, samples, signal) {
  const lag = new IndexLag(dir);
  while (!signal.aborted) {
    const state = await ask(app);
    samples.push({ ...state, ...lag.read() });
    await pause(1_000);
  }
  lag.close();
}

function summary({ before, flooded, after, samples, own }) {
  const plain = {
    requests: before.requests + after.requests,
    seconds: before.seconds + after.seconds,
    cpu: before.cpu + after.cpu,
  };
  const perSecond = ({ requests, seconds: s }) => requests / s;
  const perCpu = ({ requests, cpu }) => requests / cpu;
  const third = Math.ceil(samples.length / 3);
  const means = (name) =>
    [samples.slice(0, third), samples.slice(-third)].map((part) => rounded(mean(part.map((s) => s[name])), 1));
  const max = (name) => rounded(Math.max(...samples.map((s) => s[name])), 1);
  return {
    bench: 'saturation',
    seconds,
    lanes,
    work,
    untraced_per_s: rounded(perSecond(plain), 1),
    traced_per_s: rounded(perSecond(flooded), 1),
    kept: rounded(perSecond(flooded) / perSecond(plain), 3),
    // Independent of what else the machine does meanwhile.
    kept_per_cpu_second: rounded(perCpu(flooded) / perCpu(plain), 3),
    untraced_cpu_share: rounded(plain.cpu / plain.seconds, 2),
    traced_cpu_share: rounded(flooded.cpu / flooded.seconds, 2),
    untraced_cpu_ms_a_request: rounded(1000 / perCpu(plain), 2),
    traced_cpu_ms_a_request: rounded(1000 / perCpu(flooded), 2),
    untraced_request_ms: rounded(quantile(before.taken.concat(after.taken).sort(ascending), 0.5), 1),
    traced_request_ms: rounded(quantile(flooded.taken.sort(ascending), 0.5), 1),
    rss_mb_first_last_third: means('rss_mb'),
    heap_mb_first_last_third: means('heap_mb'),
    rss_mb_max: max('rss_mb'),
    lag_mb_first_last_third: means('lag_bytes').map((bytes) => rounded(bytes / 1e6, 2)),
    lag_mb_max: rounded(Math.max(...samples.map((s) => s.lag_bytes)) / 1e6, 2),
    lag_s_max: max('lag_s'),
    wal_mb_max: rounded(Math.max(...samples.map((s) => s.wal_bytes)) / 1e6, 2),
    loop_p99_ms: rounded(quantile(samples.map((s) => s.loop_p99_ms).sort(ascending), 0.5), 1),
    loop_max_ms: max('loop_max_ms'),
    ...(own && {
      own_writes: own.sent,
      own_by_id_ms: distribution(own.byId),
      own_by_contact_ms: distribution(own.byContact),
      answers_without_it: own.missing,
      answers_that_say_so: own.lagging,
    }),
    node: flags.node === process.execPath ? process.version : flags.node,
  };
}

function distribution(values) {
  const sorted = values.sort(ascending);
  return {
    p50: rounded(quantile(sorted, 0.5), 0),
    p95: rounded(quantile(sorted, 0.95), 0),
    max: rounded(sorted.at(-1), 0),
  };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ascending(a, b) {
  return a - b;
}
