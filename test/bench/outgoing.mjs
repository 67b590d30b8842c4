/**
 * Main-thread CPU of an outgoing call inside a trace: without a tracer, with ours (metadata of the call; the bodies read
 * by a model's dialect), and with OpenTelemetry's instrumentation of undici and `node:http`, whose spans are recorded and
 * exported in batches. Each is a process of its own; they take turns in every round, in a different order each time, so
 * that a machine that slows down slows all. Costs are differences to `off` of the same round; the results are medians.
 * `npm run bench -- outgoing [--rounds N] [--calls N] [--client hooks|fetch|http]`: one line of JSON for each client, on stdout.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers, versions } from './peers/install.mjs';
import { rounded } from './support/measure.mjs';

const VARIANTS = ['off', 'context_only', 'ours_metadata', 'ours_bodies', 'otel', 'otel_not_exported'];
/** `hooks`: only the messages of a call on undici's channels, without a call. */
const CLIENTS = ['hooks', 'fetch', 'http'];
/** After fewer rounds code is still being compiled: the first has four times the cost of the twelfth. */
const WARM_UP = 12;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    calls: { type: 'string', default: '600' },
    client: { type: 'string', multiple: true, default: CLIENTS },
  },
});
const rounds = whole('rounds');
const calls = whole('calls');

installPeers();
const children = [];
try {
  const server = start('outgoing-server', []);
  const [url] = await once(server, 'message');
  const variants = {};
  for (const name of VARIANTS) {
    variants[name] = start('outgoing-client', [name, url]);
    await once(variants[name], 'message');
  }
  for (const client of flags.client) {
    const taken = Object.fromEntries(VARIANTS.map((name) => [name, []]));
    for (let round = -WARM_UP; round < rounds; round++) {
      const shift = (round + WARM_UP) % VARIANTS.length;
      for (const name of [...VARIANTS.slice(shift), ...VARIANTS.slice(0, shift)]) {
        variants[name].send({ client, calls });
        const [us] = await once(variants[name], 'message');
        if (round >= 0) taken[name].push(us);
      }
    }
    console.log(JSON.stringify(result(client, taken)));
  }
  const outside = {};
  for (const name of ['off', 'ours_metadata']) {
    variants[name].send({ outside: 300_000 });
    [outside[name]] = await once(variants[name], 'message');
  }
  const us = rounded(outside.ours_metadata - outside.off, 3);
  console.log(JSON.stringify({ bench: 'outgoing', outside_a_trace_us: us }));
} finally {
  for (const child of children) child.kill();
}

function result(client, taken) {
  const cost = (name) => taken[name].map((us, i) => us - taken.off[i]);
  const ratio = (name, to) => rounded(median(cost(name)) / median(cost(to)));
  return {
    bench: 'outgoing',
    client,
    calls,
    rounds,
    call_us: rounded(median(taken.off), 1),
    ...Object.fromEntries(VARIANTS.slice(1).map((name) => [`${name}_us`, rounded(median(cost(name)), 1)])),
    metadata_to_otel: ratio('ours_metadata', 'otel'),
    bodies_to_otel: ratio('ours_bodies', 'otel'),
    metadata_to_otel_not_exported: ratio('ours_metadata', 'otel_not_exported'),
    versions: versions(['@opentelemetry/instrumentation-undici', '@opentelemetry/instrumentation-http']),
    node: process.version,
  };
}

function start(program, args) {
  const child = fork(fileURLToPath(new URL(`support/${program}.mjs`, import.meta.url)), args);
  children.push(child);
  child.once('exit', (code) => {
    if (code) console.error(`${program} ${args.join(' ')} ended with ${code}`);
    if (code) process.exit(1);
  });
  return child;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function whole(name) {
  const value = Number(flags[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`--${name} is '${flags[name]}'; give a whole number above 0`);
}
