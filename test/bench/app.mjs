/**
 * Cost of tracing for an application: a webhook with a workflow of twelve steps, one to two kilobytes in and out of
 * each, in a Nest application without tracing, with ours, and with the alternatives; `bare` is the plainest recorder
 * that has each event on disk before its call returns. All variants run at once, each in a separate process, and take
 * turns in every round. Figures are of the applications' processes, by the kernel's count.
 * `npm run bench -- app [--rounds 12] [--requests 200] [--rate 150] [--only untraced,ours,otel]`: a line of JSON for
 * each variant on stdout, a table on stderr. Before Node 23.9 the main thread's share needs Linux.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { summary } from './peers/app/statistics.mjs';
import { costTable } from './peers/app/table.mjs';
import { startProcess, Variant } from './peers/app/variant.mjs';
import { installPeers, versions } from './peers/install.mjs';

const VARIANTS = ['untraced', 'bare', 'ours', 'otel', 'pino', 'pino-redact', 'langfuse', 'sentry'];
/** Requests that each variant serves before the first round, until V8 has compiled the hot code. */
const WARM_UP_REQUESTS = 1_500;
const WARM_UP_ROUNDS = 1;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    requests: { type: 'string', default: '200' },
    rate: { type: 'string', default: '150' },
    only: { type: 'string', default: VARIANTS.join(',') },
  },
});
const names = flags.only.split(',');
const unknown = names.filter((name) => !VARIANTS.includes(name));
if (unknown.length > 0) throw new RangeError(`--only has ${unknown.join(', ')}; there are ${VARIANTS.join(', ')}`);
if (!names.includes('untraced')) names.unshift('untraced');
const rounds = whole('rounds');
const shape = { requests: whole('requests'), perSecond: whole('rate'), concurrency: 16 };

installPeers();
const dir = mkdtempSync(join(tmpdir(), 'bench-app-'));
const sink = await startProcess('sink.mjs');
const variants = [];
try {
  for (const name of names) variants.push(await Variant.start(name, `http://127.0.0.1:${sink.port}`, join(dir, name)));
  for (const variant of variants) await variant.load.flood(WARM_UP_REQUESTS, shape.concurrency);
  const measured = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const results = {};
    // Each round begins with another variant, so that none always follows the most expensive one.
    for (const i of variants.keys()) {
      const variant = variants[(i + round + WARM_UP_ROUNDS) % variants.length];
      results[variant.name] = await variant.round(shape);
    }
    if (round >= 0) measured.push(results);
    if (process.stderr.isTTY) console.error(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`);
  }
  const rows = names.map((name) => summary(name, measured));
  for (const row of rows) console.log(JSON.stringify(row));
  console.error(`\n${costTable(rows)}\n\n${conditions()}`);
} finally {
  for (const variant of variants) await variant.close().catch(() => variant.child.kill());
  sink.child.disconnect();
  rmSync(dir, { recursive: true, force: true });
}

function whole(name) {
  const value = Number(flags[name]);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`--${name} is '${flags[name]}'; give a whole number above 0`);
  return value;
}

function conditions() {
  const packages = [
    '@opentelemetry/sdk-trace-base',
    '@opentelemetry/exporter-trace-otlp-proto',
    'pino',
    '@langfuse/otel',
    '@sentry/nestjs',
  ];
  const list = Object.entries(versions(packages)).map(([name, version]) => `${name} ${version}`);
  const { requests, perSecond, concurrency } = shape;
  return (
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}, ${process.platform}; ` +
    `${rounds} rounds of ${requests} requests at ${perSecond}/s, then ${requests} at ${concurrency} at a time; ${list.join(', ')}.`
  );
}
