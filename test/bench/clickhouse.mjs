/**
 * A shared store in ClickHouse: what shipping costs, the disk, and the time of queries over very many traces. The engine is
 * `chdb` behind an HTTP server of ours that runs one statement at a time and copies each result, so CPU and times are upper
 * bounds. `TRACE_TEST_CHDB` names the folder of the package.
 * `npm run bench -- clickhouse [--traces N] [--days N] [--shipped N] [--samples N]`: one line of JSON; progress on stderr.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClickHouseStore } from '../../dist/libs/trace/src/clickhouse/clickhouse-store.js';
import { ClickHouse } from '../../dist/libs/trace/src/clickhouse/connection/click-house.js';
import { rowOf } from '../../dist/libs/trace/src/clickhouse/heads/head-row.js';
import { ClickHouseShipTarget } from '../../dist/libs/trace/src/clickhouse/ship/ship-target.js';
import { emptyHead } from '../../dist/libs/trace/src/model/trace.reducer.js';
import { SegmentCursor } from '../../dist/libs/trace/src/pipeline/segment-cursor.js';
import { WriterChains } from '../../dist/libs/trace/src/pipeline/writer-chains.js';
import { ShipConsumer } from '../../dist/libs/trace/src/shared/ship/ship-consumer.js';
import { clickhouse } from '../../dist/libs/trace/src/store/shared-target.js';
import { ClickHouseServer } from '../support/clickhouse.mjs';
import { randomFrom, writeJournal } from './support/journal-data.mjs';
import { quantile, rounded, timesOf } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '300000' },
    days: { type: 'string', default: '10' },
    shipped: { type: 'string', default: '5000' },
    samples: { type: 'string', default: '20' },
  },
});
const [traces, days, shipped, samples] = ['traces', 'days', 'shipped', 'samples'].map((name) => Number(flags[name]));
const DAY_US = 86_400_000_000;
const CONTACTS = 100_000;
const AGENTS = ['sofia', 'maria', 'carlos'];
const TOOLS = ['check_calendar', 'crm_update', 'quote', 'pay'];

if (ClickHouseServer.missing) throw new Error(ClickHouseServer.missing);
const server = await ClickHouseServer.start();
const target = clickhouse({ url: server.url });
const db = new ClickHouse(target);
const store = new ClickHouseStore(target);
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await store.close();
  await db.close();
  await server.close();
}

async function measure() {
  const ingest = await shipJournal();
  await fillHeads();
  await db.run('OPTIMIZE TABLE nestjs_traces.heads');
  const [{ bytes }] = await db.rows(
    `SELECT toInt64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND database = 'nestjs_traces' AND table = 'heads'`,
  );
  return {
    bench: 'clickhouse',
    traces,
    ingest,
    bytes_per_head: Math.round(bytes / (traces + shipped)),
    queries: await timed(queries()),
    node: process.version,
  };
}

/** Ships a journal as the worker does, and compares what it takes. */
async function shipJournal() {
  const dir = mkdtempSync(join(tmpdir(), 'clickhouse-bench-'));
  try {
    writeJournal(dir, { traces: shipped, days, bytes: 2_000, rareWord: 'zanahoria' });
    const journal = join(dir, 'journal');
    const bytes = readdirSync(journal).reduce((sum, name) => sum + statSync(join(journal, name)).size, 0);
    let packed = 0;
    let records = 0;
    const shipper = new ClickHouseShipTarget(db);
    const counting = Object.assign(Object.create(shipper), {
      ship: (batch) => {
        for (const chunk of batch.chunks) {
          packed += chunk.body.length;
          records += chunk.records;
        }
        return shipper.ship(batch);
      },
    });
    const sourceOf = ({ id, host, pid }) => ({ writer: id, instance: 'pod-1', host, pid, version: '1', isOwn: true });
    const consumer = new ShipConsumer({ dir, target: counting, sourceOf, prices: () => undefined });
    const [cpu, serverCpu, begin] = [process.cpuUsage(), server.cpuUs, performance.now()];
    for (const { identity, segments } of new WriterChains(dir).list().values()) {
      await consumer.position(identity);
      for (const file of segments) {
        const cursor = new SegmentCursor(file, { from: 0, writer: identity.id, payloads: false });
        for (let batch = cursor.next(500); batch; batch = cursor.next(500)) await consumer.consume(batch);
        cursor.close();
      }
      await consumer.flush();
    }
    const { user, system } = process.cpuUsage(cpu);
    const serverUs = server.cpuUs - serverCpu;
    const seconds = (performance.now() - begin) / 1000;
    for (const table of ['chunks', 'heads']) await db.run(`OPTIMIZE TABLE nestjs_traces.${table}`);
    const sizes = await db.rows(
      `SELECT table, toInt64(sum(bytes_on_disk)) AS bytes FROM system.parts
       WHERE active AND database = 'nestjs_traces' AND table IN ('chunks', 'heads') GROUP BY table`,
    );
    const size = Object.fromEntries(sizes.map((row) => [row.table, row.bytes]));
    return {
      records,
      journal_mb: rounded(bytes / 1e6, 1),
      bytes_per_record: Math.round(bytes / records),
      records_per_s: Math.round(records / seconds),
      app_cpu_us_per_record: rounded((user + system) / records, 1),
      server_cpu_us_per_record: rounded(serverUs / records, 1),
      chunks_of_journal: rounded(size.chunks / bytes, 3),
      heads_of_journal: rounded(size.heads / bytes, 3),
      packed_bodies_of_journal: rounded(packed / bytes, 3),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Heads as the shipper would have written them, a part of them in two versions. */
async function fillHeads() {
  const random = randomFrom(11);
  const end = Date.now() * 1000 - 60_000_000;
  const step = Math.floor((days * DAY_US) / traces);
  for (let from = 0; from < traces; from += 10_000) {
    const rows = [];
    for (let n = from; n < Math.min(traces, from + 10_000); n += 1) {
      const trace = traceOf(n, end - (traces - n) * step, random);
      rows.push(rowOf(trace, '00000000-0000-4000-8000-000000000002'));
      if (n % 10 === 0)
        rows.push(rowOf({ ...trace, version: 1, head: { ...trace.head, status: 'active', endedAt: null } }, 'x'));
    }
    await db.insert('heads', rows);
    process.stderr.write(`${from + 10_000} of ${traces} traces\n`);
  }
}

function traceOf(n, startedAt, random) {
  const contactId = `c${Math.floor(random() ** 2 * CONTACTS)}`;
  const agent = AGENTS[n % 3];
  const tool = n % 5_000 === 0 ? 'rare_tool' : TOOLS[Math.floor(random() * 4)];
  const status = n % 20 === 0 ? 'error' : 'completed';
  const us = Math.floor(random() ** 3 * 20_000_000);
  const at = new Date(startedAt / 1000).toISOString();
  const traceId = `${contactId}_${at.slice(0, 10).replaceAll('-', '')}_${at.slice(11, 19).replaceAll(':', '')}_${String(startedAt % 1e6).padStart(6, '0')}`;
  const message = `quiero una cita ${n % 3 === 0 ? 'con el doctor' : 'para mañana'} ${n % 10_000 === 7 ? 'zanahoria' : n}`;
  const use = (kind, name) => ({ kind, name, n: 1, errors: 0, us, took: [Math.floor(random() * 700)] });
  return {
    head: {
      ...emptyHead(`2x00000000-${n}`),
      traceId,
      contactId,
      startedAt,
      lastAt: startedAt + us,
      endedAt: startedAt + us,
      status,
      message,
      errors: status === 'error' ? 1 : 0,
      events: 25,
      route: ['supervisor', agent],
      agents: [agent],
      tools: [tool],
      models: ['gpt-5-mini'],
      hosts: ['api.example.com'],
      messageId: `wamid.${n}`,
      identified: true,
    },
    version: 26,
    tags: [
      `agent:${agent}`,
      'route:supervisor',
      `route:${agent}`,
      `tool:${tool}`,
      'model:gpt-5-mini',
      'host:api.example.com',
    ],
    search: `${traceId}\n${contactId}\n${message}`,
    uses: [use('hop', `supervisor → ${agent}`), use('agent', agent), use('tool', tool), use('model', 'gpt-5-mini')],
  };
}

function queries() {
  const random = randomFrom(7);
  const list = (search) => () => store.list({ limit: 50, ...search });
  const now = Date.now() * 1000;
  let before;
  let ids = [];
  return {
    list: list({}),
    next_page: async () => {
      before = (await store.list({ limit: 50, before })).next ?? undefined;
    },
    contact: () => store.list({ limit: 50, contactId: `c${Math.floor(random() ** 2 * CONTACTS)}` }),
    status_error: list({ status: 'error' }),
    active: list({ status: 'active' }),
    failed: list({ withErrors: true }),
    agent: list({ agent: 'sofia' }),
    rare_tool: list({ tool: 'rare_tool' }),
    no_tool: list({ tool: 'none' }),
    message: () => store.list({ limit: 50, messageIds: [`wamid.${Math.floor(random() * traces)}`] }),
    one_trace: async () => {
      if (ids.length === 0) {
        const rows = await db.rows(
          `SELECT trace_id FROM nestjs_traces.heads WHERE key IN (SELECT key FROM nestjs_traces.chunks) LIMIT 2000`,
        );
        ids = rows.map((row) => row.trace_id);
      }
      if (!(await store.get(ids[Math.floor(random() * ids.length)])).records.length) throw new Error('no records');
    },
    traces_20: () => store.getMany(Array.from({ length: 20 }, () => ids[Math.floor(random() * ids.length)])),
    text_common: () => store.search({ limit: 50, q: 'doctor' }),
    text_rare: () => store.search({ limit: 50, q: 'zanahoria' }),
    counts: () => store.stats.counts(),
    stats_24h: () => store.stats.sample({ since: now - DAY_US, until: now }),
    stats_all: () => store.stats.sample({}),
    feed_head: () => store.feed.head(),
    instances: () => store.instances(),
  };
}

async function timed(all) {
  const result = {};
  for (const [name, query] of Object.entries(all)) {
    process.stderr.write(`${name}\n`);
    await query();
    const cpu = server.cpuUs;
    const times = await timesOf(samples, query);
    const serverMs = (server.cpuUs - cpu) / 1000 / samples;
    result[name] = {
      p50: rounded(quantile(times, 0.5), 1),
      p95: rounded(quantile(times, 0.95), 1),
      server_cpu: rounded(serverMs, 1),
    };
  }
  return result;
}
