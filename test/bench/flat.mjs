/**
 * Commands on a directory stay as fast as the directory grows: `get-trace … --dir` with few and with many traces, with the
 * application's catalog and without one, and what it costs to open a directory of thousands of segments. Each command is a
 * process of its own: its CPU time is measured, since a busy machine makes wall time useless, and the bytes that it wrote
 * anywhere.
 *
 *   npm run bench -- flat --traces 1000,100000 --segments 3000 [--keep <folder>] [--runs 5] [--only catalog|none] [--node <another node>]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { openLocalJournal } from '../../dist/libs/trace/src/store/embedded/embedded-store.js';
import { writeJournal } from './support/journal-data.mjs';
import { rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '1000,100000' },
    segments: { type: 'string', default: '3000' },
    runs: { type: 'string', default: '5' },
    keep: { type: 'string' },
    // `catalog` or `none`: one of the two cases.
    only: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    // It runs itself in a process that opens the directory as an application does.
    open: { type: 'string' },
  },
});
/** As an application's defaults: nothing is due. */
const RETENTION = { maxAgeMs: 30 * 86_400_000, errorMaxAgeMs: 90 * 86_400_000, maxBytes: 10 * 2 ** 30 };
const RARE = 'Zyxwvutsrq';
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const REPORTER = fileURLToPath(new URL('./support/report-usage.mjs', import.meta.url));

if (flags.open !== undefined) {
  console.log(JSON.stringify(await openAsApplication(flags.open)));
  process.exit(0);
}
const root = flags.keep ?? mkdtempSync(join(tmpdir(), 'bench-flat-'));
const cache = mkdtempSync(join(tmpdir(), 'bench-flat-cache-'));
const runs = Number(flags.runs);
try {
  const counts = flags.traces.split(',').filter(Boolean).map(Number);
  for (const [name, hasCatalog] of [
    ['catalog', true],
    ['none', false],
  ]) {
    if (counts.length === 0 || (flags.only !== undefined && flags.only !== name)) continue;
    report(
      name,
      counts.map((count) => measure(count, make(String(count), { traces: count }), hasCatalog)),
    );
  }
  const segments = Number(flags.segments);
  if (segments > 0) openSegments(segments);
} finally {
  rmSync(cache, { recursive: true, force: true });
  if (!flags.keep) rmSync(root, { recursive: true, force: true });
}

/** A directory with its catalog; a kept one is used again. */
function make(name, { traces, segmentBytes }) {
  const dir = join(root, name);
  if (!existsSync(join(dir, 'journal'))) {
    progress(`${name}: writing the journal`);
    mkdirSync(dir, { recursive: true });
    writeJournal(dir, { traces, days: 10, bytes: 200, rareWord: RARE, segmentBytes });
  }
  if (!existsSync(join(dir, 'catalog.db'))) {
    progress(`${name}: indexing`);
    const catalog = new Catalog({ dir });
    while (!catalog.catchUp(50));
    catalog.close();
  }
  return dir;
}

/** Median CPU and most bytes of each command. Without a catalog, the first command builds an index and is reported apart. */
function measure(count, dir, hasCatalog) {
  const away = join(dir, 'catalog.db.away');
  if (!hasCatalog) renameSync(join(dir, 'catalog.db'), away);
  try {
    const first = hasCatalog ? undefined : run(['list'], dir);
    const { trace_id: id, contact_id: contact } = JSON.parse(run(['list', '--limit', '1', '--raw'], dir).stdout)
      .traces[0];
    const commands = {
      list: ['list'],
      last: ['last'],
      show: ['trace', id],
      contact: ['list', '--contact', contact],
      text: ['list', '-q', 'quiero'],
      errors: ['errors'],
      stats: ['stats'],
    };
    const result = { traces: count, first, commands: {} };
    for (const [name, args] of Object.entries(commands)) {
      const all = Array.from({ length: runs }, () => run(args, dir));
      const cpu = all.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
      result.commands[name] = {
        cpu_ms: rounded(cpu[Math.floor(cpu.length / 2)], 0),
        wall_ms: rounded(Math.min(...all.map(({ wallMs }) => wallMs)), 0),
        written_kb: rounded(Math.max(...all.map(({ written }) => written)) / 1024, 1),
        memory_mb: rounded(Math.max(...all.map(({ memory }) => memory)) / 2 ** 20, 0),
      };
    }
    if (first) result.first = { cpu_ms: rounded(first.cpuMs, 0), written_kb: rounded(first.written / 1024, 1) };
    return result;
  } finally {
    if (!hasCatalog) renameSync(away, join(dir, 'catalog.db'));
  }
}

function run(args, dir) {
  const usage = join(cache, 'usage.json');
  const env = { ...process.env, XDG_CACHE_HOME: cache, REPORT_USAGE: usage, NODE_NO_WARNINGS: '1' };
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(flags.node, ['--import', REPORTER, CLI, ...args, '--dir', dir], {
    env,
    cwd: cache,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const wallMs = performance.now() - start;
  if (status !== 0) throw new Error(`get-trace ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { ...JSON.parse(readFileSync(usage, 'utf8')), wallMs, stdout };
}

function report(name, results) {
  const [small, large] = [results[0], results.at(-1)];
  const ratio = Object.fromEntries(
    Object.keys(large.commands).map((each) => [
      each,
      rounded(large.commands[each].cpu_ms / small.commands[each].cpu_ms),
    ]),
  );
  for (const each of results) console.log(JSON.stringify({ bench: 'flat', case: name, ...each, node: flags.node }));
  console.log(JSON.stringify({ bench: 'flat', case: name, cpu_ratio: ratio }));
}

/** About ten traces in each segment. */
function openSegments(count) {
  const dir = make(`segments-${count}`, { traces: count * 10, segmentBytes: 25_000 });
  const few = make('segments-10', { traces: 100, segmentBytes: 25_000 });
  for (const each of [few, dir]) {
    const { stdout } = spawnSync(flags.node, [fileURLToPath(import.meta.url), '--open', each], { encoding: 'utf8' });
    const { cpuMs } = run(['list'], each);
    console.log(
      JSON.stringify({ bench: 'flat', case: 'open', dir: each, application: JSON.parse(stdout), list_cpu_ms: cpuMs }),
    );
  }
}

/** CPU of the whole process, worker included: start of the journal and the store, the first list, the state, one trace. */
async function openAsApplication(dir) {
  const usage = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const start = usage();
  const { store, close } = openLocalJournal({ dir, retention: RETENTION });
  const [head] = (await store.list({ limit: 20 })).heads;
  const listed = usage();
  await store.health();
  const health = usage();
  await store.get(head.traceId);
  const read = usage();
  await close();
  return { list_ms: rounded(listed - start), health_ms: rounded(health - listed), trace_ms: rounded(read - health) };
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
