/**
 * `npm run demo:cluster`: one PostgreSQL of the development dependencies, three instances of the example with directories of
 * their own, and one `get-trace serve` that shows them all. Sends the sample webhooks to the instances in turn and prints what
 * `get-trace` shows of them. Runs until Ctrl-C. With `--once` it stops at the end: exit code 0, or 1 where a trace differs from
 * the expected one. `PORT` is the first of three ports (8001), `SERVE_PORT` that of `serve` (8010); 0 takes free ones.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCENARIOS } from '../dist/src/example/scenarios.js';
import { sendScenario } from '../dist/src/example/send-scenario.js';
import { PostgresServer } from '../test/support/postgres.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const program = join(root, 'dist/cli/main.js');
const example = join(root, 'dist/src/example/main.js');
const NAMES = ['web-1', 'web-2', 'web-3'];
/** Time for what was recorded to be in the shared store, in milliseconds. */
const PATIENCE_MS = 15_000;

const children = [];
let server;
let home;
let closing;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function complain(text) {
  process.stderr.write(`${text}\n`);
}

async function main(stopAtTheEnd) {
  if (PostgresServer.missing) throw new Error(`No PostgreSQL can be started here: ${PostgresServer.missing}.`);
  const first = portOf('PORT', 8001);
  const servePort = portOf('SERVE_PORT', 8010);
  home = mkdtempSync(join(tmpdir(), 'demo-cluster-'));
  say('Starting PostgreSQL, three instances and nestjs-trace-collector serve …');
  server = await PostgresServer.start();
  const store = server.url;
  const [traces, ...instances] = await Promise.all([
    started('nestjs-trace-collector serve', [program, 'serve', '--store', store, '--port', String(servePort)], {}),
    ...NAMES.map((name, at) =>
      started(name, [example], {
        PORT: String(first === 0 ? 0 : first + at),
        TRACE_DIR: join(home, name),
        TRACE_STORE_URL: store,
        EXAMPLE_INSTANCE: name,
      }),
    ),
  ]);
  say(`\n${SCENARIOS.length} webhooks, to one instance after the other:\n`);
  const surprises = await sendAll(instances);
  await untilShared(traces);
  await show(['instances', '--url', traces]);
  await show(['list', '--limit', String(SCENARIOS.length), '--url', traces]);
  for (const surprise of surprises) complain(`✗ ${surprise}`);
  if (surprises.length > 0) process.exitCode = 1;
  say('\nEach of these shows the traces of all instances:');
  for (const [at, url] of instances.entries()) say(`  ${NAMES[at]}            ${url}/debug`);
  say(`  serve       ${traces}/debug\n  the store   npx nestjs-trace-collector list --store ${store}`);
  if (stopAtTheEnd) await close();
  else say('\nThe cluster keeps running. Ctrl-C stops it and removes its data.');
}

function portOf(variable, otherwise) {
  const given = process.env[variable];
  if (given === undefined || given === '') return otherwise;
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port <= 65_533) return port;
  throw new Error(`${variable} is '${given}'; give a whole number from 0 to 65533`);
}

/** Starts a program and returns its address, without a path. */
async function started(name, args, env) {
  // In a process group of its own: Ctrl-C reaches this program first, which ends the others in order.
  const child = spawn(process.execPath, args, {
    cwd: home,
    detached: true,
    env: { ...process.env, NO_COLOR: '1', TRACE_STORE_URL: undefined, TRACE_TOKEN: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    const take = (data) => {
      output += data;
      const url = /(?:Send webhooks to|Serving .* at) (http:\/\/[^/\s]+)/.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it listened:\n${output}`)));
  });
}

/** All but the last at once, as contacts would. */
async function sendAll(instances) {
  const surprises = [];
  const last = SCENARIOS.length - 1;
  const send = (scenario, at) => sendScenario(instances[at % instances.length], scenario);
  const outcomes = SCENARIOS.slice(0, last).map(send);
  for (const outcome of outcomes) outcome.catch(() => undefined);
  for (const [at, scenario] of SCENARIOS.entries()) {
    const outcome = await (outcomes[at] ?? send(scenario, at));
    // The hints speak of slow steps too, and four programs that start at once are slow on a small machine.
    if (outcome.status !== scenario.traceStatus) {
      surprises.push(`${scenario.title} (${outcome.trace_id}): ${outcome.status}, expected ${scenario.traceStatus}`);
    }
    const title = `${String(at + 1).padStart(2)}/${SCENARIOS.length} ${NAMES[at % NAMES.length]} ${scenario.title}`;
    say(`  ${title.padEnd(36)} ${outcome.status}`);
  }
  return surprises;
}

/** The instances answer for what they recorded at once; others see it when it is in the store. */
async function untilShared(traces) {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const { count } = await (await fetch(`${traces}/debug/traces?limit=100`)).json();
    if (count >= SCENARIOS.length) return;
    if (Date.now() > giveUpAt) throw new Error(`Only ${count} of ${SCENARIOS.length} traces are in the shared store.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function show(args) {
  say(`\n$ npx nestjs-trace-collector ${args.join(' ')}`);
  const [code] = await once(spawn(process.execPath, [program, ...args], { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`nestjs-trace-collector ${args.join(' ')} ended with exit code ${code}`);
}

/** The instances ship what is left before the database ends. */
function close() {
  return (closing ??= (async () => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }),
    );
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  })());
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => void close().then(() => process.exit(130)));
}
try {
  await main(process.argv.includes('--once'));
} catch (error) {
  if (!closing) complain(error.message);
  process.exitCode = 1;
  await close();
}
