/**
 * Time of a query over a shared store with very many traces, in a PostgreSQL server of its own: first through the reader,
 * then through the questions behind the REST routes. `TRACE_TEST_POSTGRES_BIN` and `TRACE_TEST_PGBOUNCER` choose another server.
 * `npm run bench -- shared-query [--traces N] [--days N] [--samples N]`: one line of JSON on stdout, with the best time,
 * p50 and p95 of each query in milliseconds; progress on stderr.
 */
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { Database } from '../../dist/libs/trace/src/postgres/connection/database.js';
import { PostgresStore } from '../../dist/libs/trace/src/postgres/postgres-store.js';
import { ensureSchema } from '../../dist/libs/trace/src/postgres/schema/migrate.js';
import { ensureDays } from '../../dist/libs/trace/src/postgres/schema/partitions.js';
import { sumClosedHours } from '../../dist/libs/trace/src/postgres/stats/sum-hours.js';
import { TraceQueryService } from '../../dist/libs/trace/src/query/trace-query.js';
import { postgres } from '../../dist/libs/trace/src/store/shared-target.js';
import { PostgresServer } from '../support/postgres.mjs';
import { CONTACTS, fillShared, RARE_TOOL, RARE_WORD } from './support/shared-fill.mjs';
import { randomFrom } from './support/journal-data.mjs';
import { quantile, rounded, timesOf } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '10' },
    samples: { type: 'string', default: '200' },
    // Part of the names of the queries to measure.
    only: { type: 'string' },
  },
});
const traces = Number(flags.traces);
const days = Number(flags.days);
const samples = Number(flags.samples);
const DAY_US = 86_400_000_000;

const server = await PostgresServer.start({ settings: { shared_buffers: '256MB', maintenance_work_mem: '256MB' } });
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await server.close();
}

async function measure() {
  const target = postgres({ url: server.url });
  const db = new Database(target);
  await ensureSchema(db, 'write');
  const now = Date.now() * 1000;
  await ensureDays(
    db,
    Array.from({ length: days + 3 }, (_each, n) => now - (days + 1 - n) * DAY_US),
  );
  const start = performance.now();
  // Without the time limits that a program has.
  const client = new Client(server.directUrl);
  await client.connect();
  await fillShared(client, { traces, days, progress });
  await client.end();
  const filled = performance.now() - start;
  progress('sums');
  const summing = performance.now();
  await sumClosedHours(db, Infinity);
  const summed = performance.now() - summing;
  const [{ version, bytes }] = await db.rows(
    `SELECT version(), (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('nestjs_traces.heads')) AS bytes`,
  );
  const ids = await db.rows(
    'SELECT h.trace_id FROM nestjs_traces.heads h JOIN nestjs_traces.chunks c ON c.key = h.key AND c.started_us = h.started_us',
  );
  const [{ message_id: messageId }] = await db.rows('SELECT message_id FROM nestjs_traces.heads LIMIT 1');
  const store = new PostgresStore(target);
  const result = {
    bench: 'shared-query',
    traces,
    server: version.split(' ').slice(0, 2).join(' '),
    fill_s: rounded(filled / 1000, 1),
    sums_s: rounded(summed / 1000, 1),
    bytes_per_trace: Math.round(Number(bytes) / traces),
    store: await timed(queriesOf(store, ids, messageId)),
    searches: await searched(store),
    rest: await timed(routesOf(store, ids)),
    node: process.version,
  };
  await store.close();
  await db.close();
  return result;
}

function queriesOf(store, ids, messageId) {
  const random = randomFrom(7);
  const id = () => ids[Math.floor(random() * ids.length)].trace_id;
  const contact = () => `c${Math.floor(random() ** 2 * CONTACTS)}`;
  const now = Date.now() * 1000;
  const anyTime = () => now - Math.floor(random() * (days - 0.5) * DAY_US);
  const list = (search) => () => store.list({ limit: 50, ...search });
  let before;
  return {
    list: list({}),
    next_page: async () => {
      before = (await store.list({ limit: 50, before })).next ?? undefined;
    },
    until: () => store.list({ limit: 50, until: anyTime() }),
    contact: () => store.list({ limit: 50, contactId: contact() }),
    contact_error: () => store.list({ limit: 50, contactId: contact(), status: 'error' }),
    status_error: list({ status: 'error' }),
    status_timeout: list({ status: 'timeout' }),
    status_interrupted: list({ status: 'interrupted' }),
    active: list({ status: 'active' }),
    failed: list({ withErrors: true }),
    agent: list({ agent: 'sofia' }),
    rare_tool: list({ tool: RARE_TOOL }),
    no_tool: list({ tool: 'none' }),
    tag: list({ tag: 'plan=pro' }),
    agent_and_tool: list({ agent: 'sofia', tool: RARE_TOOL }),
    log_error: list({ log: 'error' }),
    instance: list({ instance: 'pod-3' }),
    not_agent: list({ not: { agents: ['sofia', 'maria'] } }),
    message: list({ messageIds: [messageId] }),
    link: list({ links: ['none_20260101_000000_000000'] }),
    id_prefix: () => store.list({ limit: 50, idPrefix: id().slice(0, -10) }),
    one_trace: async () => {
      if ((await store.get(id())).records.length !== 26) throw new Error('a trace lacks records');
    },
    no_trace: () => store.get('nobody_20260101_000000_000000'),
    traces_20: () => store.getMany(Array.from({ length: 20 }, id)),
    text_common: () => store.search({ limit: 50, q: 'doctor' }),
    counts: () => store.stats.counts(),
    stats_24h: () => store.stats.sample({ since: now - DAY_US, until: now }),
    stats_all: () => store.stats.sample({}),
  };
}

function routesOf(store, ids) {
  const queries = new TraceQueryService({ store, version: '0.0.0' });
  const random = randomFrom(8);
  const id = () => ids[Math.floor(random() * ids.length)].trace_id;
  const contact = () => `c${Math.floor(random() ** 2 * CONTACTS)}`;
  return {
    'traces?': () => queries.traces({ limit: 20 }),
    'traces?contact_id=': () => queries.traces({ limit: 20, contactId: contact() }),
    'traces?status=failed': () => queries.traces({ limit: 20, status: ['error', 'timeout', 'interrupted', 'silent'] }),
    'traces?q=doctor': () => queries.traces({ limit: 20, q: 'doctor' }),
    'trace/:id': () => queries.trace(id()),
    'quick-debug/:contact': () => queries.quickDebug(contact()).catch(() => undefined),
    last_error: () => queries.lastError().catch(() => undefined),
    stats: () => queries.stats({}),
  };
}

/** A search of a rare word takes its time for payloads, so it is measured once: with the time for the index alone. */
async function searched(store) {
  const search = {};
  const searches = {
    rare: { q: RARE_WORD },
    none: { q: 'zxywq' },
    short: { q: 'zq' },
    no_letters: { q: '-#-' },
    payload: { q: '777777' },
  };
  for (const [name, filter] of Object.entries(searches)) {
    let page;
    const [ms] = await timesOf(1, async () => (page = await store.search({ ...filter, limit: 50 })));
    search[name] = { ms: rounded(ms), found: page.heads.length, partial: page.partial === true };
  }
  return search;
}

async function timed(queries) {
  const result = {};
  for (const [name, query] of Object.entries(queries)) {
    if (flags.only && !name.includes(flags.only)) continue;
    try {
      await timesOf(5, query);
      const times = await timesOf(samples, query);
      result[name] = [times[0], quantile(times, 0.5), quantile(times, 0.95)].map((ms) => rounded(ms));
      progress(`${name}: ${result[name].join(' / ')} ms`);
    } catch (error) {
      result[name] = String(error.message);
      progress(`${name}: ${error.message}`);
    }
  }
  return result;
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
