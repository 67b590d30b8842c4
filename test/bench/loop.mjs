/**
 * Whether anything that the recorder does behind the scenes holds up the thread that serves requests: webhooks come in
 * at a steady rate, and meanwhile the index answers questions, drops the oldest half of the traces, or is built anew.
 * The delay of the event loop is the application's own (`perf_hooks`), beside that of an application without tracing
 * and of one that records and does nothing else.
 *
 * `npm run bench -- loop [--traces N] [--rate 100] [--seconds 15]`: one line of JSON for each activity, on stdout.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { removeCatalog } from '../../dist/libs/trace/src/catalog/schema.js';
import { Load } from './peers/app/load.mjs';
import { writeJournal } from './support/journal-data.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '200000' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '15' },
  },
});
const [traces, rate, seconds] = ['traces', 'rate', 'seconds'].map((name) => {
  const value = Number(flags[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} is '${flags[name]}'; give a whole number above 0`);
});

const QUESTIONS = ['traces', 'traces?q=quiero', 'traces?status=error', 'stats', 'last-error', 'health', 'errors'];

const root = mkdtempSync(join(tmpdir(), 'bench-loop-'));
try {
  const made = join(root, 'made');
  process.stderr.write(`writing ${traces} traces and their index\n`);
  const { bytes } = writeJournal(made, { traces, days: 5, bytes: 200 });
  const catalog = new Catalog({ dir: made });
  while (!catalog.catchUp(1_000));
  catalog.close();
  const half = Math.floor(bytes / 2);
  await measure('untraced');
  await measure('recording', { dir: join(root, 'empty') });
  await measure('questions', { dir: copy(made, 'questions') }, ask);
  await measure('retention', { dir: copy(made, 'retention'), maxBytes: half }, untilPruned);
  const without = copy(made, 'rebuild');
  removeCatalog(join(without, 'catalog.db'));
  await measure('rebuild', { dir: without }, untilIndexed);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function copy(from, name) {
  const to = join(root, name);
  cpSync(from, to, { recursive: true });
  return to;
}

/** @param work what goes on beside the webhooks; answers what it did */
async function measure(activity, options = {}, work = async () => ({})) {
  const server = fork(fileURLToPath(new URL('./support/loop-server.mjs', import.meta.url)), [JSON.stringify(options)]);
  const answer = () => new Promise((resolve) => void server.once('message', resolve));
  const { port } = await answer();
  const load = new Load(port);
  try {
    await load.flood(300, 8);
    await pause(500);
    server.send('begin');
    const stop = new AbortController();
    const working = work(`http://127.0.0.1:${port}/debug`, stop.signal);
    const latencies = await load.paced(rate * seconds, rate);
    stop.abort();
    const did = await working;
    const delay = answer();
    server.send('end');
    latencies.sort((a, b) => a - b);
    const p99 = latencies[Math.floor(latencies.length * 0.99)];
    console.log(
      JSON.stringify({
        bench: 'loop',
        activity,
        webhooks: latencies.length,
        ...(await delay),
        webhook_p99_ms: Math.round(p99 * 10) / 10,
        ...did,
        node: process.version,
      }),
    );
  } finally {
    load.close();
    server.kill();
  }
}

async function ask(debug, signal) {
  let answers = 0;
  while (!signal.aborted) {
    const response = await fetch(`${debug}/${QUESTIONS[answers % QUESTIONS.length]}`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    answers += 1;
    await pause(20);
  }
  return { answers };
}

/** Until health says that traces were dropped; how many, at the end. */
async function untilPruned(debug, signal) {
  while (!signal.aborted) await pause(100);
  const { pruned_traces: pruned = 0 } = (await health(debug)).journal;
  if (pruned === 0) throw new Error('nothing was dropped; give it more --seconds');
  return { pruned_traces: pruned };
}

async function untilIndexed(debug, signal) {
  const began = performance.now();
  let took;
  while (!signal.aborted) {
    const { lag } = (await health(debug)).journal;
    if (took === undefined && lag === 0) took = performance.now() - began;
    await pause(200);
  }
  return { rebuilt_in_s: took === undefined ? null : Math.round(took / 100) / 10 };
}

async function health(debug) {
  return (await fetch(`${debug}/health`)).json();
}
