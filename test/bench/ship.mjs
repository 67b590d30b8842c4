/**
 * Cost of a shared store on PostgreSQL: CPU of the shipper and of the server for each event of 2 KB, disk of tables and
 * indexes, and what the thread that records pays. Needs `npm run build`.
 * `npm run bench -- ship [--traces N] [--seconds N] [--search scan]`: one line of JSON on stdout.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { JournalWriter } from '../../dist/libs/trace/src/journal/write/writer.js';
import { keyPrefix } from '../../dist/libs/trace/src/model/trace-key.js';
import { ShipClient } from '../../dist/libs/trace/src/ship-worker/client.js';
import { shipDirectory } from '../../dist/libs/trace/src/ship-worker/ship-directory.js';
import { postgres } from '../../dist/libs/trace/src/store/shared-target.js';
import { PostgresServer } from '../support/postgres.mjs';
import { writeJournal } from './support/journal-data.mjs';
import { cpuMs, quantile, rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '5000' },
    bytes: { type: 'string', default: '4500' },
    seconds: { type: 'string', default: '10' },
    search: { type: 'string', default: 'trigram' },
  },
});
const traces = Number(flags.traces);
const seconds = Number(flags.seconds);
const retention = { maxAgeMs: 604_800_000, errorMaxAgeMs: 604_800_000, maxBytes: undefined };

const server = await PostgresServer.start();
const dir = mkdtempSync(join(tmpdir(), 'bench-ship-'));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
try {
  const target = (schema) => postgres({ url: server.url, schema, search: flags.search });
  // The first directory warms up the code, the tables and the server.
  const warm = join(dir, 'warm');
  writeJournal(warm, { traces: Math.min(500, traces), days: 1, bytes: Number(flags.bytes) });
  await shipDirectory({ dir: warm, target: target('warm') });
  const full = join(dir, 'full');
  const made = writeJournal(full, { traces, days: 1, bytes: Number(flags.bytes) });
  const before = { own: cpuMs(), server: serverMs(), at: performance.now() };
  const { shippedBytes } = await shipDirectory({ dir: full, target: target('full') });
  const used = { own: cpuMs() - before.own, server: serverMs() - before.server, ms: performance.now() - before.at };
  const [{ bytes, n }] = await server.query(
    `SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes, (SELECT count(*)::int FROM "full".heads) AS n
     FROM pg_class c WHERE c.relnamespace = 'full'::regnamespace AND c.relkind = 'r'`,
  );
  if (n !== traces) throw new Error(`${n} of ${traces} traces were shipped`);
  const shares = { off: [], on: [] };
  for (let round = 0; round < 3; round += 1) {
    shares.off.push(await recording(join(dir, `off${round}`)));
    shares.on.push(await recording(join(dir, `on${round}`), target('main')));
  }
  const median = (values) =>
    quantile(
      values.toSorted((a, b) => a - b),
      0.5,
    );
  const flushes = await ownWrites(join(dir, 'own'), target('own'));
  console.log(
    JSON.stringify({
      bench: 'ship',
      search: flags.search,
      traces,
      events: made.events,
      bytes_per_event: Math.round(made.bytes / made.events),
      shipper_cpu_us_per_event: rounded((used.own * 1_000) / made.events),
      server_cpu_us_per_event: rounded((used.server * 1_000) / made.events),
      events_per_second: Math.round((made.events * 1_000) / used.ms),
      disk_to_journal: rounded(bytes / shippedBytes, 3),
      recording_cpu_us_per_event: rounded(median(shares.off)),
      recording_cpu_us_per_event_shipping: rounded(median(shares.on)),
      own_write_p50_ms: rounded(quantile(flushes, 0.5)),
      own_write_p95_ms: rounded(quantile(flushes, 0.95)),
      node: process.version,
    }),
  );
} finally {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
}

/** CPU of the thread that records, for each event at 1,000 events a second, in microseconds. */
async function recording(folder, target) {
  const { writer, trace } = recorder(folder);
  const client = target && new ShipClient({ writer, dir: folder, target, instance: 'bench', retention });
  await sleep(1_500);
  const from = threadUs();
  let events = 0;
  for (const end = performance.now() + (seconds * 1_000) / 3; performance.now() < end;) {
    events += trace(10);
    await sleep(10);
  }
  const us = threadUs() - from;
  writer.close();
  await client?.close(5_000);
  return us / events;
}

/** How long it takes until what was recorded can be asked of the shared store, in milliseconds, ascending. */
async function ownWrites(folder, target) {
  const { writer, trace } = recorder(folder);
  const client = new ShipClient({ writer, dir: folder, target, instance: 'bench', retention });
  trace(1);
  while (!(await client.flush(1_000))) await sleep(20);
  const taken = [];
  for (let n = 0; n < 60; n += 1) {
    await sleep(30);
    trace(3);
    const start = performance.now();
    await client.flush(5_000);
    taken.push(performance.now() - start);
  }
  writer.close();
  await client.close(5_000);
  return taken.sort((a, b) => a - b);
}

function recorder(folder) {
  const writer = new JournalWriter({ dir: folder });
  const prefix = keyPrefix(writer.writer);
  const data = JSON.stringify({ text: 'a conversation about a booking '.repeat(60) });
  let n = 0;
  const trace = (events) => {
    n += 1;
    const key = `${prefix}-${n}`;
    const ts = Date.now() * 1_000;
    writer.append({ kind: 'open', trace: key, id: `unknown_${key}`, traceparent: '', ts });
    for (let i = 0; i < events; i += 1) writer.append({ kind: 'event', trace: key, type: 'step', data, ts });
    writer.append({ kind: 'end', trace: key, status: 'completed', ts });
    return events + 2;
  };
  return { writer, trace };
}

/** CPU of this thread in microseconds. */
function threadUs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}

/** CPU of the server's processes in milliseconds, those that have ended too. */
function serverMs() {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [utime, stime, ofEndedUser, ofEndedSystem] = fields.slice(11, 15);
      if (Number(name) === server.pid) ticks += utime + stime + ofEndedUser + ofEndedSystem;
      else if (fields[1] === server.pid) ticks += utime + stime;
    } catch {
      // It has ended.
    }
  }
  return ticks * 10;
}
