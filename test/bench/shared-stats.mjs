/**
 * Time of stats over a shared store with very many traces, in a PostgreSQL server of its own: the first question, which sums
 * all hours, then ranges of any length. `TRACE_TEST_POSTGRES_BIN` and `TRACE_TEST_PGBOUNCER` choose another server.
 * `npm run bench -- shared-stats [--traces N] [--days N] [--samples N]`: one line of JSON on stdout; progress on stderr.
 */
import { parseArgs } from 'node:util';
import { Database } from '../../dist/libs/trace/src/postgres/connection/database.js';
import { PostgresSchema } from '../../dist/libs/trace/src/postgres/schema/migrate.js';
import { ensureDays } from '../../dist/libs/trace/src/postgres/schema/partitions.js';
import { PostgresStats } from '../../dist/libs/trace/src/postgres/stats/stats.js';
import { sumClosedHours } from '../../dist/libs/trace/src/postgres/stats/sum-hours.js';
import { postgres } from '../../dist/libs/trace/src/store/shared-target.js';
import { PostgresServer } from '../support/postgres.mjs';
import { randomFrom } from './support/journal-data.mjs';
import { cpuMs, quantile, rounded, timesOf } from './support/measure.mjs';
import { fillShared } from './support/shared-fill.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '10' },
    samples: { type: 'string', default: '30' },
  },
});
const traces = Number(flags.traces);
const days = Number(flags.days);
const samples = Number(flags.samples);
const [MINUTE_US, HOUR_US, DAY_US] = [60_000_000, 3_600_000_000, 86_400_000_000];

const server = await PostgresServer.start({ settings: { shared_buffers: '256MB', maintenance_work_mem: '256MB' } });
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await server.close();
}

async function measure() {
  const db = new Database(postgres({ url: server.url }));
  await new PostgresSchema(db).migrate();
  const now = Date.now() * 1000;
  await ensureDays(
    db,
    Array.from({ length: days + 3 }, (_each, n) => now - (days + 1 - n) * DAY_US),
  );
  await fillShared(db, { traces, days, progress });
  const stats = new PostgresStats(db);
  const first = await once('the first question', () => stats.sample({}));
  await db.run('UPDATE nestjs_traces.hours SET stale_xid = $1::xid8', ['1']);
  await db.run('UPDATE nestjs_traces.days SET stale_xid = $1::xid8', ['1']);
  const summed = await once('all hours', async () => {
    while (!(await sumClosedHours(db)));
  });
  const [{ hours, text }] = await db.rows(
    'SELECT count(*) AS hours, sum(octet_length(data))::bigint AS text FROM nestjs_traces.hours',
  );
  const random = randomFrom(7);
  const back = (us) => now - us;
  const ranges = {
    all: () => ({}),
    hour: () => ({ since: back(HOUR_US) }),
    day: () => ({ since: back(DAY_US) }),
    two_days: () => ({ since: back(2 * DAY_US) }),
    week: () => ({ since: back(7 * DAY_US) }),
    any: () => {
      const since = back(random() * days * DAY_US);
      return { since, until: since + random() * (now - since) };
    },
    minutes: () => {
      const since = back(random() * days * DAY_US);
      return { since, until: since + 10 * MINUTE_US };
    },
  };
  const timed = { counts: await times(() => stats.counts()) };
  for (const [name, range] of Object.entries(ranges)) timed[name] = await times(() => stats.sample(range()));
  await db.close();
  return { bench: 'shared-stats', traces, first, summed, hours, bytes_per_hour: Math.round(text / hours), timed };
}

async function once(name, run) {
  progress(name);
  const [start, cpu] = [performance.now(), cpuMs()];
  let longest = 0;
  let last = start;
  const timer = setInterval(() => {
    const at = performance.now();
    longest = Math.max(longest, at - last - 5);
    last = at;
  }, 5);
  await run();
  clearInterval(timer);
  return {
    s: rounded((performance.now() - start) / 1000),
    cpu_s: rounded((cpuMs() - cpu) / 1000),
    longest_turn_ms: rounded(longest, 1),
    rss_mb: Math.round(process.memoryUsage().rss / 1e6),
  };
}

async function times(run) {
  const cpu = cpuMs();
  const taken = await timesOf(samples, run);
  return {
    p50: rounded(quantile(taken, 0.5), 1),
    p95: rounded(quantile(taken, 0.95), 1),
    cpu: rounded((cpuMs() - cpu) / samples, 1),
  };
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
