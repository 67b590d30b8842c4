/**
 * What alerts cost the thread that serves requests: without alerts, with a channel that answers, with one that refuses
 * connections, and with one that never answers; in alternating rounds at the same rate. And what a scrape of 2,000 series costs.
 * `npm run bench -- alerts [--rate 50] [--seconds 10] [--rounds 5]`: a line of JSON for each, with the medians of the rounds.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TraceCounters } from '../../dist/libs/trace/src/metrics/trace-counters.js';
import { emptyHead } from '../../dist/libs/trace/src/model/trace.reducer.js';
import { emptySums } from '../../dist/libs/trace/src/model/usage-sums.js';
import { prometheusText } from '../../dist/libs/trace/src/views/metrics/prometheus-text.js';
import { Load } from './peers/app/load.mjs';

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
  },
});
const [rate, seconds, rounds] = ['rate', 'seconds', 'rounds'].map((name) => {
  const value = Number(flags[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} is '${flags[name]}'; give a whole number above 0`);
});

const root = mkdtempSync(join(tmpdir(), 'bench-alerts-'));
const answering = await listening((_request, response) => void response.end());
const silent = await listening(() => undefined);
const channels = {
  none: undefined,
  up: answering.url,
  refusing: 'http://127.0.0.1:1/alerts',
  silent: silent.url,
};
try {
  const results = new Map(Object.keys(channels).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, channel] of Object.entries(channels)) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      results.get(name).push(await measure({ dir: join(root, `${name}-${round}`), channel }));
    }
  }
  for (const [channel, measured] of results) {
    console.log(JSON.stringify({ bench: 'alerts', channel, rounds, ...medians(measured), node: process.version }));
  }
  console.log(JSON.stringify({ bench: 'scrape', ...scrape(), node: process.version }));
} finally {
  for (const { server } of [answering, silent]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(root, { recursive: true, force: true });
}

async function listening(handler) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}/alerts` };
}

async function measure(options) {
  const server = fork(fileURLToPath(new URL('./support/alerts-server.mjs', import.meta.url)), [
    JSON.stringify(options),
  ]);
  const answer = () => new Promise((resolve) => void server.once('message', resolve));
  const { port } = await answer();
  const load = new Load(port);
  try {
    await load.flood(200, 4);
    await pause(1_500);
    server.send('begin');
    const latencies = await load.paced(rate * seconds, rate);
    // What was recorded last is evaluated, too.
    await pause(1_500);
    const measured = answer();
    server.send('end');
    latencies.sort((a, b) => a - b);
    const p99 = latencies[Math.floor(latencies.length * 0.99)];
    const { alerts } = await (await fetch(`http://127.0.0.1:${port}/debug/health`)).json();
    return {
      webhooks: latencies.length,
      ...(await measured),
      webhook_p99_ms: Math.round(p99 * 10) / 10,
      alerts_sent: alerts?.sent ?? 0,
      alerts_dropped: alerts?.dropped ?? 0,
    };
  } finally {
    load.close();
    server.kill();
  }
}

function medians(measured) {
  return Object.fromEntries(
    Object.keys(measured[0]).map((name) => {
      const values = measured.map((round) => round[name]).sort((a, b) => a - b);
      return [name, values[Math.floor(values.length / 2)]];
    }),
  );
}

/** The text of a scrape with as many series of traces as there may be. */
function scrape() {
  const counters = new TraceCounters();
  for (let n = 0; n < 3_000; n += 1) {
    const sums = { ...emptySums(), calls: 1, input: 100, costNano: 1e6 };
    const usage = { ...sums, models: { [`model-${n}`]: sums }, agents: {}, spans: {}, prices: [] };
    counters.add({
      ...emptyHead(`1-${n}`),
      status: 'completed',
      endedAt: 1,
      type: `type-${n}`,
      route: [`agent-${n}`],
      usage,
    });
  }
  const series = counters.families().reduce((sum, { samples }) => sum + samples.length, 0);
  for (let n = 0; n < 50; n += 1) prometheusText(counters.families());
  const cpu = process.cpuUsage();
  const times = Array.from({ length: 200 }, () => {
    const began = performance.now();
    prometheusText(counters.families());
    return performance.now() - began;
  }).sort((a, b) => a - b);
  const ms = (at) => Math.round(times[Math.floor(times.length * at)] * 100) / 100;
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = Math.round((user + system) / times.length / 10) / 100;
  return { series, cpu_ms: cpuMs, p50_ms: ms(0.5), p99_ms: ms(0.99) };
}
