/**
 * Effects of tracing decorators on the methods they decorate: the conformance suite on ours and on others', each as it
 * is installed. One line of JSON for each case on stdout, the table on stderr.
 * `npm run bench -- conformance [--only ours,sentry]`
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { groupTable, worstCases } from './peers/conformance/table.mjs';
import { installPeers, versions } from './peers/install.mjs';

const PEERS = ['ours', 'nestjs-otel', 'sentry', 'amplication', 'langfuse'];
/** Time limit of a case that blocks the process. */
const SILENCE_MS = 20_000;

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = flags.only?.split(',') ?? PEERS;
const unknown = wanted.filter((name) => !PEERS.includes(name));
if (unknown.length > 0) throw new RangeError(`--only has ${unknown.join(', ')}; there are ${PEERS.join(', ')}`);

installPeers();
const results = new Map();
for (const peer of wanted) await runPeer(peer, 0);
for (const [key, byPeer] of results) {
  const [group, name] = JSON.parse(key);
  console.log(JSON.stringify({ bench: 'conformance', group, case: name, results: byPeer }));
}
console.error(`\n${groupTable(results, wanted)}\n\n${worstCases(results, wanted)}\n\n${conditions()}`);
// A bench reports and fails nothing, except when ours does not pass every case.
if ([...results.values()].some(({ ours }) => ours !== undefined && ours !== 'ok')) process.exitCode = 1;

/** Runs a peer's cases from `from` on; continues after a case that kills its process. */
async function runPeer(peer, from) {
  const child = fork(fileURLToPath(new URL('peers/conformance/run-peer.mjs', import.meta.url)), [peer, String(from)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let running;
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-2_000)));
  let silence = setTimeout(giveUp, SILENCE_MS);
  function giveUp() {
    child.kill('SIGKILL');
  }
  child.on('message', (message) => {
    clearTimeout(silence);
    silence = setTimeout(giveUp, SILENCE_MS);
    if (message.total !== undefined) return;
    running = message.result === undefined ? message : undefined;
    if (message.result !== undefined) note(peer, message);
  });
  const [code, signal] = await new Promise((resolve) => void child.once('exit', (...how) => resolve(how)));
  clearTimeout(silence);
  if (running !== undefined) {
    note(peer, { ...running, result: signal === 'SIGKILL' ? 'blocks the process' : 'ends the process' });
    await runPeer(peer, running.index + 1);
  } else if (code !== 0) {
    throw new Error(`The suite on ${peer} ended with ${code ?? signal}:\n${said}`);
  }
}

function note(peer, { group, name, result }) {
  const key = JSON.stringify([group, name]);
  if (!results.has(key)) results.set(key, {});
  results.get(key)[peer] = result;
}

function conditions() {
  const names = ['nestjs-otel', '@sentry/nestjs', '@amplication/opentelemetry-nestjs', '@langfuse/tracing'];
  const list = Object.entries(versions(names)).map(([name, version]) => `${name} ${version}`);
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}: ${list.join(', ')}.`;
}
