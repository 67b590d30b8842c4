/**
 * Whether any background work of the recorder holds up the thread that serves requests: webhooks arrive at a steady
 * rate, and meanwhile the index answers questions, drops the oldest half of the traces, or is rebuilt. The delay of the
 * event loop is the application's own (`perf_hooks`), beside that of an application without tracing and of one that
 * only records.
 * `npm run bench -- loop [--traces N] [--rate 100] [--seconds 15] [--rounds 3] [--only untraced,rebuild]`: one line of
 * JSON for each activity, on stdout: the medians of the rounds, which run all activities in turn.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { removeCatalog } from '../../dist/libs/trace/src/catalog/db/schema.js';
import { Load } from './peers/app/load.mjs';
import { writeJournal } from './support/journal-data.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '200000' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const [traces, rate, seconds, rounds] = ['traces', 'rate', 'seconds', 'rounds'].map((name) => {
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
  const activities = {
    untraced: () => measure(),
    recording: (round) => measure({ dir: join(root, `empty-${round}`) }),
    questions: (round) => measure({ dir: copy(made, `questions-${round}`) }, ask),
    retention: (round) => measure({ dir: copy(made, `retention-${round}`), maxBytes: half }, untilPruned),
    rebuild: (round) => {
      const without = copy(made, `rebuild-${round}`);
      removeCatalog(join(without, 'catalog.db'));
      return measure({ dir: without }, untilIndexed);
    },
  };
  const names = flags.only?.split(',') ?? Object.keys(activities);
  const unknown = names.find((name) => !Object.hasOwn(activities, name));
  if (unknown) throw new RangeError(`--only names '${unknown}'; there are ${Object.keys(activities).join(', ')}`);
  const results = new Map(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of names) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      results.get(name).push(await activities[name](round));
    }
  }
  for (const [activity, measured] of results) print(activity, measured);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function copy(from, name) {
  const to = join(root, name);
  cpSync(from, to, { recursive: true });
  return to;
}

/** The medians, and each round's longest delay, because it is one moment out of many thousands. */
function print(activity, measured) {
  const medians = Object.entries(measured[0]).map(([name]) => {
    const values = measured.map((round) => round[name]).sort((a, b) => a - b);
    return [name, values[Math.floor(values.length / 2)]];
  });
  const each = measured.map(({ loop_max_ms }) => loop_max_ms);
  const result = { bench: 'loop', activity, rounds, ...Object.fromEntries(medians), loop_max_ms_each: each };
  console.log(JSON.stringify({ ...result, node: process.version }));
}

/** @param work what goes on beside the webhooks; answers what it did */
async function measure(options = {}, work = async () => ({})) {
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
    return { webhooks: latencies.length, ...(await delay), webhook_p99_ms: Math.round(p99 * 10) / 10, ...did };
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

/** Until health reports dropped traces; returns their number at the end. */
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
