/**
 * What a recorder loses on `kill -9`: each variant of `bench -- app` serves the webhook until its process is killed at a
 * random moment. What its files have and what arrived at the collector is compared with what was acknowledged: all inputs
 * and outputs of steps, and the body, of requests whose whole response the client has received.
 * `npm run bench -- losses [--only ours,otel | all] [--durability process,turn,fsync] [--kills 10] [--rate 40]
 * [--adapter express|fastify] [--node 20|24|26|path] [--seed 1] [--json]`: a table in Markdown on stdout, or with `--json`
 * a line for each variant.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosenNames, whyLeftOut } from './peers/app/catalog.mjs';
import { countKill } from './peers/app/kill.mjs';
import { startProcess } from './peers/app/variant.mjs';
import { installPeers } from './peers/install.mjs';
import { oneOf, wholeNumber } from './support/flags.mjs';
import { markdownTable } from './support/markdown.mjs';
import { nodeBinary, nodeVersion } from './support/node-binary.mjs';
import { seededRandom } from './support/statistics.mjs';

/** How long a variant serves requests before it is killed: longer than the 5 s after which OpenTelemetry sends a batch. */
const SHORTEST_MS = 2_000;
const LONGEST_MS = 12_000;

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: 'bare,ours,ours-turn,otel,pino,pino-async' },
    durability: { type: 'string' },
    kills: { type: 'string', default: '10' },
    rate: { type: 'string', default: '40' },
    adapter: { type: 'string', default: 'express' },
    node: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const names = chosenNames(flags.only, flags.durability).filter((name) => name !== 'untraced');
const kills = wholeNumber('kills', flags.kills);
const rate = wholeNumber('rate', flags.rate);
const adapter = oneOf('adapter', flags.adapter, ['express', 'fastify']);
const node = nodeBinary(flags.node);
const version = nodeVersion(node);

installPeers();
const dir = mkdtempSync(join(tmpdir(), 'bench-losses-'));
const sink = await startProcess('sink.mjs', ['keep']);
const results = [];
try {
  for (const name of names) {
    const result = await killed(name);
    results.push(result);
    if (flags.json) console.log(JSON.stringify({ bench: 'losses', ...result, node: version, adapter, rate }));
    else if (process.stderr.isTTY) console.error(`${name}: ${result.left_out ?? `${kills} kills`}`);
  }
  if (!flags.json) console.log(`${table()}\n\n${conditions()}`);
} finally {
  sink.child.disconnect();
  rmSync(dir, { recursive: true, force: true });
}

/** Sums over the kills of one variant. */
async function killed(name) {
  // Each variant is killed at the same moments.
  const random = seededRandom(wholeNumber('seed', flags.seed));
  const sums = { requests: 0, values: 0, values_lost: 0, requests_hit: 0, bodies_lost: 0, most_lost: 0 };
  try {
    const reason = whyLeftOut(name, version);
    if (reason) throw new Error(reason);
    for (let kill = 0; kill < kills; kill += 1) {
      const where = join(dir, `${name}-${kill}`);
      mkdirSync(where);
      const after = SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS);
      const count = await countKill(name, { sink, dir: where, node, adapter, rate, after });
      for (const key of Object.keys(count)) sums[key] += count[key];
      sums.most_lost = Math.max(sums.most_lost, count.values_lost);
      rmSync(where, { recursive: true, force: true });
    }
    return { variant: name, kills, ...sums };
  } catch (error) {
    return { variant: name, left_out: error.message.replace(/\.$/, '') };
  }
}

function table() {
  const head = [
    'variant',
    'acknowledged values',
    'lost',
    'share',
    'lost per kill',
    'at most',
    'requests hit',
    'bodies lost',
  ];
  const measured = results.filter((result) => !result.left_out);
  const rows = measured.map((result) => [
    `\`${result.variant}\``,
    result.values.toLocaleString('en-US'),
    result.values_lost.toLocaleString('en-US'),
    `${((result.values_lost * 100) / result.values).toFixed(2)}%`,
    Math.round(result.values_lost / result.kills).toLocaleString('en-US'),
    result.most_lost.toLocaleString('en-US'),
    `${result.requests_hit} of ${result.requests}`,
    String(result.bodies_lost),
  ]);
  const leftOut = results
    .filter((result) => result.left_out)
    .map((result) => `- \`${result.variant}\` is left out: ${result.left_out}.`);
  return [markdownTable(head, rows), ...(leftOut.length > 0 ? [leftOut.join('\n')] : [])].join('\n\n');
}

function conditions() {
  return (
    `${new Date().toISOString().slice(0, 10)}, Node ${version}, ${adapter}; ${kills} times \`kill -9\` of each variant, ` +
    `${SHORTEST_MS / 1000} to ${LONGEST_MS / 1000} s after the first request, at ${rate} requests per second.`
  );
}
