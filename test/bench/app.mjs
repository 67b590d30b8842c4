/**
 * Cost of tracing for an application: a webhook with a workflow of twelve steps, one to two kilobytes in and out of
 * each, in a Nest application without tracing, with ours, and with the alternatives; `bare` is the plainest recorder
 * that has each event on disk before its call returns. All variants run at once, each in a separate process, and take
 * turns in every round, in another order each time. Figures are CPU time of the applications' processes, by the kernel's
 * count, never time on the clock: ratios of medians over the rounds, with 95% bootstrap intervals.
 *
 * Each request has values of its own, created before the reading. All variants get the same rate: a fifth of the
 * capacity of the slowest, which is measured at the start with 16 requests in flight (`--rate` sets it).
 *
 * `npm run bench -- app [--only untraced,ours,otel | all] [--durability process,turn,fsync] [--rounds 12]
 * [--requests 500] [--rate N] [--adapter express|fastify] [--route traced|plain] [--node 20|24|26|path] [--warm-up 1500]
 * [--json]`:
 * tables in Markdown on stdout, or with `--json` a line for each variant. Before Node 23.9 the main thread's share needs Linux.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenNames, VARIANTS, whyLeftOut } from './peers/app/catalog.mjs';
import { summary } from './peers/app/summary.mjs';
import { costTable, wordsTable } from './peers/app/table.mjs';
import { startProcess, Variant } from './peers/app/variant.mjs';
import { installPeers, versions } from './peers/install.mjs';
import { oneOf, wholeNumber } from './support/flags.mjs';
import { nodeBinary, nodeVersion } from './support/node-binary.mjs';

const WARM_UP_ROUNDS = 1;
/** A bootstrap of fewer rounds than this does not have the level that it states. */
const ENOUGH_ROUNDS = 12;
/** Share of the capacity of the slowest variant at which all are measured: busy, but without a queue. */
const PACE = 1 / 5;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    requests: { type: 'string', default: '500' },
    rate: { type: 'string' },
    only: { type: 'string' },
    durability: { type: 'string' },
    adapter: { type: 'string', default: 'express' },
    route: { type: 'string', default: 'traced' },
    node: { type: 'string' },
    // Requests that each variant serves before the first round, until V8 has compiled the hot code.
    'warm-up': { type: 'string', default: '1500' },
    json: { type: 'boolean', default: false },
  },
});
const names = chosenNames(flags.only, flags.durability);
const rounds = wholeNumber('rounds', flags.rounds);
const requests = wholeNumber('requests', flags.requests);
const warmUp = wholeNumber('warm-up', flags['warm-up']);
const fixedRate = flags.rate === undefined ? undefined : wholeNumber('rate', flags.rate);
const adapter = oneOf('adapter', flags.adapter, ['express', 'fastify']);
const route = oneOf('route', flags.route, ['traced', 'plain']);
const node = nodeBinary(flags.node);
const version = nodeVersion(node);

installPeers();
const dir = mkdtempSync(join(tmpdir(), 'bench-app-'));
const sink = await startProcess('sink.mjs');
/** Running variants by name; one that fails leaves with its reason. */
const running = new Map();
const leftOut = new Map();
try {
  for (const name of names) await attempt(name, () => start(name));
  for (const name of running.keys()) await attempt(name, () => running.get(name).capacity(warmUp));
  const pace =
    fixedRate === undefined ? await fifthOfTheSlowest() : { rate: fixedRate, text: `${fixedRate} requests per second` };
  const measured = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const results = await measure(round + WARM_UP_ROUNDS, pace.rate);
    if (round >= 0) measured.push(results);
    if (process.stderr.isTTY) console.error(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`);
  }
  const rows = [...running.keys()].map((name) => summary(name, measured));
  if (flags.json) {
    for (const row of rows)
      console.log(JSON.stringify({ ...row, node: version, adapter, route, requests, rate: pace.rate }));
    for (const [variant, reason] of leftOut) console.log(JSON.stringify({ bench: 'app', variant, left_out: reason }));
  } else {
    console.log(`${costTable(rows, leftOut)}\n\n${conditions(pace.text)}\n`);
    console.log(wordsTable([...running.keys()]));
  }
} finally {
  for (const variant of running.values()) await variant.close().catch(() => variant.child.kill());
  sink.child.disconnect();
  rmSync(dir, { recursive: true, force: true });
}

async function start(name) {
  const reason = whyLeftOut(name, version);
  if (reason) throw new Error(reason);
  const where = { sink: `http://127.0.0.1:${sink.port}`, dir: join(dir, name), node, adapter, route };
  running.set(name, await Variant.start(name, where));
}

/** A fifth of the capacity of the slowest variant, in requests per second, and in words. */
async function fifthOfTheSlowest() {
  const capacities = new Map();
  for (const name of running.keys()) {
    await attempt(name, async () => capacities.set(name, await running.get(name).capacity(requests)));
  }
  const slowest = [...running.keys()].sort((a, b) => capacities.get(a) - capacities.get(b))[0];
  const capacity = Math.round(capacities.get(slowest));
  const rate = Math.max(1, Math.round(capacities.get(slowest) * PACE));
  return { rate, text: `${rate} requests per second, a fifth of the ${capacity} of \`${slowest}\`` };
}

/** One reading of each variant. Each round begins with another one, so that none always follows the most expensive. */
async function measure(turn, rate) {
  const order = [...running.keys()];
  const results = {};
  for (const i of order.keys()) {
    const name = order[(i + turn) % order.length];
    await attempt(name, async () => {
      results[name] = await running.get(name).reading(requests, rate);
    });
  }
  return results;
}

/** Leaves a variant out, with its reason, when `task` fails; without `untraced` there is nothing to compare with. */
async function attempt(name, task) {
  try {
    await task();
  } catch (error) {
    if (name === 'untraced') throw error;
    leftOut.set(name, error.message.replace(/\.$/, ''));
    console.error(`${name} is left out: ${error.message}`);
    running.get(name)?.child.kill('SIGKILL');
    running.delete(name);
  }
}

function conditions(pace) {
  const packages = new Set([...running.keys()].flatMap((name) => VARIANTS[name].packages));
  const list = Object.entries(versions([...packages])).map(([name, installed]) => `${name} ${installed}`);
  const few = rounds < ENOUGH_ROUNDS ? `, too narrow with fewer than ${ENOUGH_ROUNDS} rounds` : '';
  const load = loadavg()[0].toFixed(1);
  return [
    `${new Date().toISOString().slice(0, 10)}, Node ${version}, ${adapter}, ${route === 'plain' ? 'a route that is not traced' : 'the webhook'}; ` +
      `${rounds} rounds of ${requests} requests at ${pace}; medians, in brackets 95% bootstrap intervals of the rounds${few}.`,
    `${cpus().length} cores (${cpus()[0].model}, ${process.platform}), load ${load} at the end${list.length > 0 ? `; ${list.join(', ')}` : ''}.`,
  ].join('\n');
}
