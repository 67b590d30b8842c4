/**
 * Time of a query with very many traces: every query runs on a store like that of an application (the catalog on its
 * worker thread), over a journal that is generated first, in a temporary directory that is removed at the end. With
 * more than 100,000 traces, a tenth of them is measured before, for the ratio.
 * `npm run bench -- query [--traces N] [--bytes N] [--days N] [--keep DIR]`: one line of JSON for each number of
 * traces, on stdout; progress on stderr.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MaintainedCatalog } from '../../dist/libs/trace/src/catalog-worker/maintained-catalog.js';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { listSegments } from '../../dist/libs/trace/src/journal/read/segments.js';
import { openLocalJournal } from '../../dist/libs/trace/src/store/embedded/embedded-store.js';
import { randomFrom, writeJournal } from './support/journal-data.mjs';
import { cpuMs, quantile, rounded, timesOf } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '200' },
    days: { type: 'string', default: '10' },
    keep: { type: 'string' },
    // It runs itself in a separate process whose memory has held nothing else.
    ask: { type: 'string' },
  },
});
const RARE = 'Zyxwvutsrq';
const DAY_US = 86_400_000_000;
const SAMPLES = 300;

if (flags.ask !== undefined) {
  const ids = JSON.parse(readFileSync(join(flags.ask, 'ids.json'), 'utf8'));
  console.log(JSON.stringify(await ask(flags.ask, ids)));
  process.exit(0);
}
const traces = Number(flags.traces);
if (!Number.isInteger(traces) || traces < 1_000) throw new RangeError('--traces: give a whole number from 1000');
const root = flags.keep ?? mkdtempSync(join(tmpdir(), 'bench-query-'));
try {
  const small = traces > 100_000 ? await measure(Math.floor(traces / 10)) : undefined;
  if (small) console.log(JSON.stringify(small));
  const large = await measure(traces);
  console.log(JSON.stringify(small ? { ...large, ratio_p95: ratios(large.p95_ms, small.p95_ms) } : large));
} finally {
  if (!flags.keep) rmSync(root, { recursive: true, force: true });
}

async function measure(count) {
  const dir = join(root, String(count));
  mkdirSync(dir, { recursive: true });
  progress(`${count} traces: writing the journal`);
  const made = writeJournal(dir, {
    traces: count,
    days: Number(flags.days),
    bytes: Number(flags.bytes),
    rareWord: RARE,
  });
  progress(`${count} traces: indexing ${rounded(made.bytes / 2 ** 30)} GiB`);
  const build = index(dir);
  writeFileSync(join(dir, 'ids.json'), JSON.stringify(made.ids));
  const asked = askInChild(dir);
  progress(`${count} traces: dropping the oldest tenth`);
  const dropped = drop(dir, made.bytes);
  if (!flags.keep) rmSync(dir, { recursive: true, force: true });
  const { events, bytes } = made;
  return {
    bench: 'query',
    traces: count,
    events,
    journal_bytes: bytes,
    ...build,
    ...asked,
    ...dropped,
    node: process.version,
  };
}

function index(dir) {
  const start = performance.now();
  const catalog = new Catalog({ dir });
  // In steps, as the worker does it.
  const pieces = inPieces(() => catalog.catchUp(50));
  catalog.close();
  const catalogBytes = statSync(join(dir, 'catalog.db')).size;
  return {
    rebuild_s: rounded((performance.now() - start) / 1000, 1),
    rebuild_longest_piece_ms: pieces.longestMs,
    rebuild_longest_piece_cpu_ms: pieces.longestCpuMs,
    rebuild_cpu_s: rounded(pieces.cpuMs / 1000, 1),
    catalog_bytes: catalogBytes,
  };
}

function askInChild(dir) {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--ask', dir], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the asking process ended with ${status}`);
  return JSON.parse(stdout);
}

async function ask(dir, ids) {
  const random = randomFrom(7);
  const any = () => ids[Math.floor(random() * ids.length)];
  const idle = process.memoryUsage().rss;
  const opening = performance.now();
  const { store, close } = openLocalJournal({ dir });
  await store.list({ limit: 20 });
  const openMs = performance.now() - opening;
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  let before;
  const now = Date.now() * 1000;
  const queries = {
    list: () => store.list({ limit: 20 }),
    page: async () => {
      const page = await store.list({ limit: 20, before });
      before = page.next ?? undefined;
    },
    by_contact: () => store.list({ contactId: any().contact, limit: 20 }),
    by_status: () => store.list({ status: 'error', limit: 20 }),
    last_error: async () => store.get((await store.list({ withErrors: true, limit: 1 })).heads[0].traceId),
    one_trace: async () => {
      const trace = await store.get(any().id);
      if (trace === undefined || trace.records.length < 11) throw new Error('a trace is missing');
    },
    by_tool: () => store.list({ tool: 'check_calendar_availability', limit: 20 }),
    counts: () => store.stats.counts(),
    stats_24h: () => store.stats.sample({ since: now - DAY_US, until: now }),
    stats_all: () => store.stats.sample({}),
  };
  const result = { p50_ms: {}, p95_ms: {}, max_ms: {} };
  for (const [name, query] of Object.entries(queries)) {
    await timesOf(20, query);
    const times = await timesOf(SAMPLES, query);
    result.p50_ms[name] = rounded(quantile(times, 0.5));
    result.p95_ms[name] = rounded(quantile(times, 0.95));
    result.max_ms[name] = rounded(times.at(-1));
  }
  const searches = {
    search_message: { q: 'quiero' },
    search_contact: { q: any().contact.slice(3, 14) },
    search_rare_payload_24h: { q: RARE, since: now - DAY_US },
  };
  const search = {};
  for (const [name, filter] of Object.entries(searches)) {
    let page;
    const [ms] = await timesOf(1, async () => (page = await store.search({ ...filter, limit: 20 })));
    search[name] = { ms: rounded(ms), found: page.heads.length, partial: page.partial === true };
  }
  loop.disable();
  const memory = process.memoryUsage().rss - idle;
  await close();
  return {
    open_ms: rounded(openMs),
    ...result,
    search,
    event_loop_delay_max_ms: rounded(loop.max / 1e6 - 1),
    memory_over_idle_mb: rounded(memory / 2 ** 20, 1),
  };
}

/** By bytes, as `retention.maxBytes` does it, in the worker's own steps. */
function drop(dir, bytes) {
  const retention = { maxAgeMs: Infinity, errorMaxAgeMs: Infinity, maxBytes: Math.floor(bytes * 0.9) };
  const catalog = new MaintainedCatalog({ dir, retention });
  const before = catalog.queries.counts().total;
  const start = performance.now();
  const steps = inPieces(() => catalog.turn(0));
  const ms = performance.now() - start;
  const removed = before - catalog.queries.counts().total;
  catalog.close();
  const left = listSegments(dir).reduce((sum, { size }) => sum + size, 0);
  return {
    drop: {
      traces: removed,
      freed_bytes: bytes - left,
      s: rounded(ms / 1000),
      cpu_s: rounded(steps.cpuMs / 1000),
      longest_step_ms: steps.longestMs,
      longest_step_cpu_ms: steps.longestCpuMs,
    },
  };
}

/** Runs steps until one reports that all is done. CPU time beside wall time: a busy machine makes them wait. */
function inPieces(piece) {
  let longestMs = 0;
  let longestCpuMs = 0;
  let all = 0;
  for (let done = false; !done;) {
    const start = performance.now();
    const cpu = cpuMs();
    done = piece();
    const used = cpuMs() - cpu;
    all += used;
    longestMs = Math.max(longestMs, performance.now() - start);
    longestCpuMs = Math.max(longestCpuMs, used);
  }
  return { longestMs: rounded(longestMs, 1), longestCpuMs: rounded(longestCpuMs, 1), cpuMs: all };
}

function ratios(large, small) {
  return Object.fromEntries(Object.keys(large).map((name) => [name, rounded(large[name] / small[name])]));
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
