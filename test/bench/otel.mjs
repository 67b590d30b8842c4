/**
 * Price of `TraceSpanProcessor` for each span, beside OpenTelemetry's `BatchSpanProcessor` with OTLP in protobuf to a sink: CPU
 * of the main thread and of the process, less that of the same spans without a processor, in traced requests of twelve spans. All
 * variants run in processes of their own and take turns, in another order in each round. Needs `npm run build`.
 * `npm run bench -- otel [--rounds 12] [--spans 1800] [--node 20|24|path] [--against <directory>]`: tables on stdout.
 * `--against` is another clone of the repository, built: its processor takes its turns too, as `before`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reply, startProcess } from './peers/app/variant.mjs';
import { installPeers, versions } from './peers/install.mjs';
import { wholeNumber } from './support/flags.mjs';
import { intervalText, markdownTable } from './support/markdown.mjs';
import { nodeBinary, nodeVersion } from './support/node-binary.mjs';
import { addedByMedians, bootstrap, ratioOfAdded } from './support/statistics.mjs';

const WARM_UP_ROUNDS = 3;
const KINDS = ['http', 'llm', 'db'];

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    spans: { type: 'string', default: '1800' },
    node: { type: 'string' },
    against: { type: 'string' },
  },
});
const rounds = wholeNumber('rounds', flags.rounds);
const spans = wholeNumber('spans', flags.spans);
const node = nodeBinary(flags.node);
const here = fileURLToPath(new URL('../..', import.meta.url));

installPeers();
const dir = mkdtempSync(join(tmpdir(), 'bench-otel-'));
const sink = await startProcess('sink.mjs');
const running = new Map();
try {
  for (const name of ['none', 'batch', 'ours', 'turn']) running.set(name, await start(name, name, here));
  if (flags.against !== undefined) running.set('before', await start('before', 'ours', resolve(flags.against)));
  for (const kind of KINDS) print(kind, await measure(kind));
  const { '@opentelemetry/sdk-trace-base': sdk } = versions(['@opentelemetry/sdk-trace-base']);
  console.log(
    `Node ${nodeVersion(node)}, @opentelemetry/sdk-trace-base ${sdk}; ${rounds} rounds of ${spans} spans, load ${loadavg()[0].toFixed(1)} at the end.`,
  );
} finally {
  for (const { child } of [...running.values(), sink]) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
}

function start(label, name, root) {
  const options = { name, root, dir: join(dir, label), sink: `http://127.0.0.1:${sink.port}` };
  return startProcess('../spans/program.mjs', [JSON.stringify(options)], node);
}

async function measure(kind) {
  const measured = [];
  const names = [...running.keys()];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const result = {};
    const first = (round + WARM_UP_ROUNDS) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const { child } = running.get(name);
      const answered = reply(child, name);
      child.send({ kind, spans });
      result[name] = await answered;
    }
    if (round >= 0) measured.push(result);
  }
  return measured;
}

function print(kind, measured) {
  const of = (name, field) => (each) => each[name][field];
  const rows = [...running.keys()]
    .filter((name) => name !== 'none')
    .map((name) => {
      const cells = ['main_us', 'process_us'].flatMap((field) => {
        const [pick, batch, base] = [of(name, field), of('batch', field), of('none', field)];
        return [
          intervalText(
            bootstrap(measured, (some) => addedByMedians(some, pick, base)),
            1,
          ),
          intervalText(bootstrap(measured, (some) => ratioOfAdded(some, pick, batch, base))),
        ];
      });
      return [`${kind}, \`${name}\``, ...cells];
    });
  const head = ['spans', 'main thread, µs per span', '× `batch`', 'process, µs per span', 'process × `batch`'];
  console.log(`${markdownTable(head, rows)}\n`);
  const least = Math.min(...measured.map(({ batch }) => batch.delivered));
  if (least < 1) console.log(`The batch processor dropped spans: it sent ${least.toFixed(2)} of them in one round.\n`);
}
