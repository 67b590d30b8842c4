/**
 * Retention, scrub and erase of a shared store on PostgreSQL: a day of 100,000 traces, of which 5% have failed, while readers ask for lists
 * and a writer stores traces of that day. Figures: how long the tables are locked, the longest question and the longest
 * write meanwhile, the disk before and after.
 * `npm run bench -- shared-admin [--traces 100000] [--bytes 4800]`: a line of JSON for each step. `TRACE_TEST_POSTGRES_BIN` and
 * `TRACE_TEST_PGBOUNCER` choose the server.
 */
import { parseArgs } from 'node:util';
import { bytesOf, KEEP, listDays } from '../../dist/libs/trace/src/postgres/admin/days.js';
import { PostgresAdmin } from '../../dist/libs/trace/src/postgres/admin/admin.js';
import { rewriteDay } from '../../dist/libs/trace/src/postgres/admin/rewrite-day.js';
import { Database } from '../../dist/libs/trace/src/postgres/connection/database.js';
import { ensureSchema } from '../../dist/libs/trace/src/postgres/schema/migrate.js';
import { ensureDays } from '../../dist/libs/trace/src/postgres/schema/partitions.js';
import { packLines } from '../../dist/libs/trace/src/shared/chunk.js';
import { postgres } from '../../dist/libs/trace/src/store/shared-target.js';
import { PostgresServer } from '../support/postgres.mjs';

const { values: flags } = parseArgs({
  options: { traces: { type: 'string', default: '100000' }, bytes: { type: 'string', default: '4800' } },
});
const TRACES = Number(flags.traces);
const BYTES = Number(flags.bytes);
const DAY_US = 86_400_000_000;
const today = Math.floor((Date.now() * 1_000) / DAY_US) * DAY_US;
const old = today - 9 * DAY_US;
const CONTACTS = 100;

const server = await PostgresServer.start({ settings: { fsync: 'on' } });
const db = new Database(postgres({ url: server.url, maxConnections: 8 }));
try {
  await ensureSchema(db, 'write');
  await ensureDays(db, [today, old]);
  await fill(old, TRACES);
  await server.query('CHECKPOINT');
  report('filled', { traces: TRACES, mb: await megabytes() });

  report('nothing but reading and writing', await measured(() => new Promise((resolve) => setTimeout(resolve, 3_000))));
  report('scrub of the day', await measured(async () => rewriteDay(db, await day(), KEEP.all)));
  report('retention of the day', await measured(async () => rewriteDay(db, await day(), KEEP.failing)));

  await fill(today, 20_000, 'n');
  const admin = new PostgresAdmin(db);
  const [{ n }] = await db.rows("SELECT count(*) AS n FROM nestjs_traces.heads WHERE contact_id = 'contact-007'");
  report(`erase of ${n} traces`, await measured(() => admin.erase('contact-007')));
  report('scrub after it', await measured(() => admin.erase('contact-007', { scrub: true })));
} finally {
  await db.close();
  await server.close();
}

async function day() {
  return (await listDays(db)).find(({ from }) => from === old);
}

/** Runs the work while others read and write. */
async function measured(work) {
  const before = await megabytes();
  let running = true;
  const longest = { read: 0, write: 0 };
  const repeat = async (name, statement, params) => {
    for (let i = 0; running; i += 1) {
      const begun = performance.now();
      await db.run(statement, params(i));
      longest[name] = Math.max(longest[name], performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const others = [
    repeat('read', 'SELECT key FROM nestjs_traces.heads ORDER BY started_us DESC, key DESC LIMIT 50', () => []),
    repeat(
      'write',
      `INSERT INTO nestjs_traces.heads (key, started_us, source, version, trace_id, contact_id, status, last_us, ended_us, errors, tags, search, doc, uses)
       VALUES ($1, $2, 1, 1, 't', 'c', 'error', $2, $2, 1, '{}', '', '{}', '[]') ON CONFLICT DO NOTHING`,
      (i) => [`w-${Math.random()}`, old + DAY_US / 2 + i],
    ),
  ];
  const begun = performance.now();
  const result = await work();
  const ms = performance.now() - begun;
  running = false;
  await Promise.all(others);
  return { ...result, ms, longest, mb: { before, after: await megabytes() } };
}

async function megabytes() {
  return (await bytesOf(db, await listDays(db))).reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
}

async function fill(from, count, prefix = 'k') {
  for (let at = 0; at < count; at += 5_000) {
    await db.run(
      `INSERT INTO nestjs_traces.heads (key, started_us, source, version, trace_id, contact_id, status, last_us, ended_us, errors,
         message_id, tags, search, doc, uses)
       SELECT $4 || n, $1::bigint + n * 800000::bigint, 1, 1, 'trace-' || n || md5(n::text), 'contact-' || to_char(n % ${CONTACTS}, 'FM000'),
         CASE WHEN n % 20 = 0 THEN 'error' ELSE 'completed' END, $1::bigint + n, $1::bigint + n + 1, (n % 20 = 0)::int, md5(n::text),
         ARRAY['agent:sofia', 'tool:calendar', 'route:sofia'], 'the message of ' || md5(n::text) || ' to sofia about a quote',
         '{"doc":"' || repeat(md5(n::text), 12) || '"}', '[]'
       FROM generate_series($2::int, $3::int) n`,
      [from, at + 1, Math.min(count, at + 5_000), prefix],
    );
    const bodies = Array.from({ length: 20 }, (_, i) => packLines([noise(i)]));
    await db.run(
      `INSERT INTO nestjs_traces.chunks (key, started_us, source, seq, batch, records, codec, body)
       SELECT $4 || n, $1::bigint + n * 800000::bigint, 1, n, 1, 26, 1,
         CASE n % 20 ${bodies.map((_, i) => `WHEN ${i} THEN $${i + 5}::bytea`).join(' ')} END
       FROM generate_series($2::int, $3::int) n`,
      [from, at + 1, Math.min(count, at + 5_000), prefix, ...bodies],
    );
  }
}

/** A line of text that compresses to about `BYTES`. */
function noise(seed) {
  let text = '';
  for (let i = 0; text.length < BYTES * 1.6; i += 1)
    text += Math.sin(seed * 1e6 + i)
      .toString(36)
      .slice(3);
  return Buffer.from(`${text}\n`);
}

function report(step, result) {
  process.stdout.write(
    `${JSON.stringify({ step, ...result }, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value))}\n`,
  );
}
