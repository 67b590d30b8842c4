/**
 * Sending traces to a receiver that is away, then slow, then overloaded: whether a span is lost or doubled, how large the
 * application becomes, and what its main thread pays. Two identical applications get the same webhooks (twelve steps, 38 KB) at
 * the same time, one of them sends its traces; CPU is counted in slices of five seconds. Needs `npm run build`.
 * `npm run bench -- otlp-out [--rate 30] [--away 60] [--seconds 30] [--node 24]`: a table on stdout. It exits with 1 where a
 * span is lost. Linux only before Node 24, as CPU of a thread is counted.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reply } from './peers/app/variant.mjs';
import { wholeNumber } from './support/flags.mjs';
import { intervalText, markdownTable } from './support/markdown.mjs';
import { nodeBinary, nodeVersion } from './support/node-binary.mjs';
import { bootstrap, median, medianOf, ratioOfMedians } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rate: { type: 'string', default: '30' },
    away: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '30' },
    node: { type: 'string' },
  },
});
const rate = wholeNumber('rate', flags.rate);
const seconds = wholeNumber('seconds', flags.seconds);
const node = nodeBinary(flags.node);
const SLICE_S = 5;
/** Seconds that the backlog has to arrive at the end, without further webhooks. */
const DRAIN_S = 180;
const PHASES = [
  ['well', seconds],
  ['away', wholeNumber('away', flags.away)],
  ['slow', seconds],
  ['trickle', seconds],
  ['429', seconds],
  ['503', seconds],
  ['well', seconds],
];

const root = mkdtempSync(join(tmpdir(), 'bench-otlp-out-'));
const agent = new Agent({ keepAlive: true });
const sink = await start('otlp-out-sink.mjs');
const sending = await start('otlp-out-server.mjs', {
  dir: join(root, 'sending'),
  url: `http://127.0.0.1:${sink.port}`,
});
const alone = await start('otlp-out-server.mjs', { dir: join(root, 'alone') });
const apps = [sending, alone];
/** Span ids of the steps that the sending application has acknowledged. */
const recorded = new Set();
let sent = 0;
try {
  await slice(10);
  const rows = [];
  for (const [phase, length] of PHASES) rows.push(await phaseRow(phase, length));
  const drained = await drain();
  console.log(markdownTable(HEAD(), rows));
  const { taken } = await ask(sink, 'report');
  const result = verdict(new Map(taken), drained);
  console.log(JSON.stringify(result));
  if (result.lost > 0 || result.incomplete_traces > 0) process.exitCode = 1;
} finally {
  agent.destroy();
  for (const { child } of [...apps, sink]) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}

async function start(file, options) {
  const child = fork(fileURLToPath(new URL(`support/${file}`, import.meta.url)), [JSON.stringify(options ?? {})], {
    execPath: node,
    execArgv: ['--expose-gc'],
    env: { ...process.env, NODE_ENV: 'production', TRACE_DIR: undefined },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port } = await reply(child, file);
  return { child, port };
}

function ask({ child }, what) {
  const answered = reply(child, what);
  child.send(what);
  return answered;
}

async function phaseRow(phase, length) {
  await ask(sink, phase);
  const slices = [];
  for (let at = 0; at < length; at += SLICE_S) slices.push(await slice(Math.min(SLICE_S, length - at)));
  const of = (name, which) => (each) => each[which][name];
  const text = (name, digits = 0) =>
    ['sending', 'alone'].map((which) => medianOf(slices, of(name, which)).toFixed(digits)).join(' / ');
  const ratio = bootstrap(slices, (some) => ratioOfMedians(some, of('cpu', 'sending'), of('cpu', 'alone')));
  const { otlp } = slices.at(-1).sending;
  console.error(`${phase}: ${JSON.stringify(otlp)}`);
  return [
    phase,
    `${length} s`,
    text('cpu', 2),
    intervalText(ratio),
    text('loop_p99_ms', 1),
    text('heap_mb', 1),
    text('rss_mb'),
    (otlp.lag_bytes / 2 ** 20).toFixed(1),
    otlp.sent_spans,
    otlp.connected ? 'yes' : `no: ${otlp.last_error}`,
  ];
}

function HEAD() {
  return [
    'receiver',
    'for',
    'CPU of the main thread per webhook, ms',
    'ratio',
    'p99 of the event loop, ms',
    'heap, MB',
    'RSS, MB',
    'backlog, MB',
    'spans sent',
    'connected',
  ];
}

/** The same webhooks to both, in turns. */
async function slice(length) {
  const before = await Promise.all(apps.map((app) => ask(app, 'state')));
  const count = length * rate;
  const began = performance.now();
  const all = [];
  for (let i = 0; i < count; i += 1) {
    const due = began + (i * 1_000) / rate - performance.now();
    if (due > 1) await pause(due);
    sent += 1;
    for (const app of i % 2 === 0 ? apps : apps.toReversed()) all.push(webhook(app, sent));
  }
  await Promise.all(all);
  const after = await Promise.all(apps.map((app) => ask(app, 'state')));
  const of = (n) => ({ ...after[n], cpu: (after[n].main_ms - before[n].counted) / count });
  return { sending: of(0), alone: of(1) };
}

async function webhook(app, n) {
  const body = JSON.stringify({ contactId: `contact-${n % 50}`, body: 'Quiero agendar una cita', n });
  const { spans } = await post(app.port, body);
  if (app === sending) for (const traceparent of spans) recorded.add(traceparent.slice(3, 52));
}

function post(port, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const posting = request(
      { host: '127.0.0.1', port, path: '/webhook', method: 'POST', agent, headers },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      },
    );
    posting.on('error', (error) => {
      // The server closed a connection that was idle for long: the webhook has not begun.
      if (posting.reusedSocket && error.code === 'ECONNRESET') resolve(post(port, body));
      else reject(error);
    });
    posting.end(body);
  });
}

/** Seconds until nothing waits any more. */
async function drain() {
  const began = performance.now();
  for (let quiet = 0; quiet < 3 && performance.now() - began < DRAIN_S * 1_000;) {
    await pause(1_000);
    const { taken } = await ask(sink, 'well');
    const { otlp } = await ask(sending, 'state');
    quiet = otlp.lag_bytes === 0 && taken >= recorded.size ? quiet + 1 : 0;
  }
  return Math.round((performance.now() - began) / 1_000);
}

function verdict(taken, drained) {
  const traces = new Map();
  for (const id of taken.keys()) traces.set(id.slice(0, 32), (traces.get(id.slice(0, 32)) ?? 0) + 1);
  const usual = median([...traces.values()]);
  return {
    bench: 'otlp-out',
    webhooks: sent,
    steps_recorded: recorded.size,
    spans_taken: taken.size,
    lost: [...recorded].filter((id) => !taken.has(id)).length,
    spans_a_trace: usual,
    incomplete_traces: sent - [...traces.values()].filter((count) => count === usual).length,
    doubled: [...taken.values()].filter((count) => count > 1).length,
    seconds_to_the_end_of_the_backlog: drained,
    node: nodeVersion(node),
  };
}
