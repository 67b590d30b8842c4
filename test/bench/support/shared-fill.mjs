/**
 * Fills the tables of a shared store with traces, by statements in the database: 1,000,000 rows in two minutes. The rows
 * are what the shipper would have written. Bodies: of the newest traces, and of one in fifty of the others.
 */
import { RecordEncoder } from '../../../dist/libs/trace/src/journal/codec/codec.js';
import { INSERTED_COLUMNS, headValues } from '../../../dist/libs/trace/src/postgres/heads/head-row.js';
import { emptyHead } from '../../../dist/libs/trace/src/model/trace.reducer.js';
import { packLines } from '../../../dist/libs/trace/src/shared/chunk.js';
import { randomFrom } from './journal-data.mjs';

const DAY_US = 86_400_000_000;
const POOL = 200;
export const INSTANCES = 20;
/** Traces whose payloads can be searched: about two hours. */
const WITH_BODIES = 10_000;
const ONE_IN = 50;
export const CONTACTS = 100_000;
export const RARE_WORD = 'zanahoria';
export const RARE_TOOL = 'rare_tool';
const WORDS =
  'quiero agendar una cita para mañana por la tarde con el doctor cuánto cuesta consulta tienen horario hoy gracias buenos días necesito cambiar mi reserva precio del tratamiento whatsapp correo teléfono dirección sucursal'.split(
    ' ',
  );
const AGENTS = ['sofia', 'maria', 'carlos'];
const TOOLS = ['check_calendar', 'crm_update', 'quote', 'pay'];

/** A number from 0 to below `n` that looks random and is the same in every run. */
const pick = (salt, n) => `(abs(hashint8extended(g, ${salt})) % ${n})`;

/** @param client connected to the database; the tables exist and are empty, in the schema `nestjs_traces` */
export async function fillShared(client, { traces, days, progress }) {
  const endUs = Date.now() * 1000 - 60_000_000;
  const stepUs = Math.floor((days * DAY_US) / traces);
  await addSources(client);
  const indexes = await withoutIndexes(client);
  const values = valuesOf(endUs - traces * stepUs, stepUs);
  const batch = 50_000;
  for (let from = 1; from <= traces; from += batch) {
    const to = Math.min(traces, from + batch - 1);
    await client.query(`INSERT INTO nestjs_traces.heads (${INSERTED_COLUMNS.join(', ')}) ${values} ORDER BY 2`, [
      from,
      to,
    ]);
    progress(`${to} of ${traces} rows`);
  }
  await addBodies(client, traces);
  progress('indexes');
  for (const statement of indexes) await client.query(statement);
  progress('statistics');
  await client.query('ANALYZE nestjs_traces.heads');
  await client.query('ANALYZE nestjs_traces.chunks');
  await client.query('VACUUM nestjs_traces.heads');
}

async function addSources(client) {
  for (let n = 1; n <= INSTANCES; n += 1) {
    await client.query(
      `INSERT INTO nestjs_traces.sources (writer, instance, host, pid, program, seen_at)
       VALUES ($1, $2, $2, 1, '1.0.0', now() + interval '1 day')`,
      [`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, `pod-${n}`],
    );
  }
}

/** Drops the indexes of the rows of traces but the primary key. Returns the statements that make them again. */
async function withoutIndexes(client) {
  const { rows: found } = await client.query(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = 'nestjs_traces.heads'::regclass AND NOT i.indisprimary`,
  );
  for (const { name } of found) await client.query(`DROP INDEX nestjs_traces.${name}`);
  return found.map(({ made }) => made.replace(' ON ONLY ', ' ON '));
}

/** SELECT of the rows `$1` to `$2`, in the order of `INSERTED_COLUMNS`. */
function valuesOf(startUs, stepUs) {
  const message = `concat_ws(' ', ${Array.from({ length: 8 }, (_each, i) => `w[1 + ${pick(i, WORDS.length)}]`).join(', ')},
    CASE WHEN g % 9973 = 0 THEN '${RARE_WORD}' END)`;
  const columns = {
    key: `s || 'xbench000-' || g`,
    started_us: 'at',
    source: 's',
    version: 'g',
    trace_id: 'id',
    contact_id: 'contact',
    status: 'status',
    last_us: 'at + took',
    ended_us: `CASE WHEN status <> 'active' THEN at + took END`,
    errors: `CASE WHEN status = 'error' THEN 1 ELSE 0 END`,
    message_id: `'wamid.' || md5(g::text)`,
    tags: `ARRAY['agent:' || agent, 'route:supervisor', 'route:' || agent, 'tool:' || tool, 'model:gpt-5-mini', 'host:api.openai.com',
      'old:unknown_' || stamp, 'sent:' || md5('s' || g)] || CASE WHEN g % 400 = 0 THEN ARRAY['tag:plan', 'tag:plan=pro'] ELSE '{}' END
      || CASE WHEN status = 'error' THEN ARRAY['log:warn', 'log:error'] ELSE '{}' END`,
    search: `lower(concat_ws(E'\\n', id, message, contact, CASE WHEN status = 'error' THEN 'CalendarTool.check: TimeoutError: no answer' END))`,
    cost_nano: '1000000 + g % 1000000',
    tokens: '500 + g % 2000',
    doc: `replace(replace(replace($3, '@message', message), '@agent', agent), '@tool', tool)`,
    uses: `replace(replace($4, '@agent', agent), '@tool', tool)`,
  };
  return `SELECT ${INSERTED_COLUMNS.map((name) => columns[name]).join(', ')} FROM (
    SELECT *, contact || '_' || stamp AS id FROM (
      SELECT g, s, at, took, status, contact, agent, tool, ${message} AS message,
        to_char(to_timestamp(at / 1000000) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS') || '_' || lpad((at % 1000000)::text, 6, '0') AS stamp
      FROM (
        SELECT g, 1 + (g % ${INSTANCES})::int AS s, ${startUs} + g * ${stepUs} + g % 997 AS at,
          (20000 * exp(${pick(21, 4000)} / 1000.0))::bigint AS took,
          CASE WHEN g % 20 = 0 THEN 'error' WHEN g % 331 = 0 THEN 'timeout' WHEN g % 777 = 0 THEN 'interrupted'
            WHEN g % 50 = 7 THEN 'silent' WHEN g % 99991 = 0 THEN 'active' ELSE 'completed' END AS status,
          'c' || floor(power(${pick(22, 1_000_000)} / 1000000.0, 2) * ${CONTACTS}) AS contact,
          (ARRAY['${AGENTS.join("','")}'])[1 + ${pick(23, AGENTS.length)}] AS agent,
          CASE WHEN g % 5000 = 0 THEN '${RARE_TOOL}' ELSE (ARRAY['${TOOLS.join("','")}'])[1 + ${pick(24, TOOLS.length)}] END AS tool,
          ARRAY['${WORDS.join("','")}'] AS w
        FROM generate_series($1::bigint, $2::bigint) g) a) b) c`
    .replaceAll('$3', DOC())
    .replaceAll('$4', USES());
}

const SUMS = {
  calls: 2,
  input: 900,
  output: 120,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  total: 1020,
  unknownTokens: 0,
};

function DOC() {
  const sums = { ...SUMS, costNano: 1_200_000, unknownCost: 0 };
  const head = {
    ...emptyHead('1xbench000-1'),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    message: '@message',
    events: 26,
    route: ['supervisor', '@agent'],
    agents: ['@agent'],
    tools: ['@tool'],
    counts: { replies: 1 },
    models: ['gpt-5-mini'],
    hosts: ['api.openai.com'],
    usage: {
      ...sums,
      models: { 'gpt-5-mini': sums },
      agents: { '@agent': sums },
      spans: { '00f067aa0ba902b7': 600_000 },
      prices: ['list'],
    },
    statusCode: 202,
    type: 'generic',
    identified: true,
  };
  const row = headValues({ head, version: 1, tags: [], search: '', uses: [] }, 1);
  return `'${row[INSERTED_COLUMNS.indexOf('doc')]}'`;
}

function USES() {
  const use = (kind, name) => ({ kind, name, n: 1, errors: 0, us: 800_000, took: [120] });
  return `'${JSON.stringify([use('hop', 'supervisor → @agent'), use('agent', '@agent'), use('tool', '@tool'), use('model', 'gpt-5-mini'), use('host', 'api.openai.com')])}'`;
}

async function addBodies(client, traces) {
  await client.query('CREATE TABLE nestjs_traces.bench_pool (n int PRIMARY KEY, body bytea NOT NULL)');
  const random = randomFrom(9);
  for (let n = 0; n < POOL; n += 1)
    await client.query('INSERT INTO nestjs_traces.bench_pool VALUES ($1, $2)', [n, body(random)]);
  await client.query(
    `INSERT INTO nestjs_traces.chunks (key, started_us, source, seq, batch, records, codec, body)
     SELECT h.key, h.started_us, h.source, 1, 1, 26, 1, p.body
     FROM nestjs_traces.heads h JOIN nestjs_traces.bench_pool p ON p.n = h.version % ${POOL}
     WHERE h.version > $1 OR h.version % ${ONE_IN} = 0`,
    [traces - WITH_BODIES],
  );
  await client.query('DROP TABLE nestjs_traces.bench_pool');
}

/** 26 records of 2 KB each. */
function body(random) {
  const encoder = new RecordEncoder();
  const trace = '1xbench000-1';
  const text = (length) => {
    let all = '';
    while (all.length < length) all += `${WORDS[Math.floor(random() * WORDS.length)]} ${Math.floor(random() * 1e6)} `;
    return JSON.stringify({ text: all });
  };
  const drafts = [
    {
      kind: 'open',
      id: 'unknown',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      method: 'POST',
      path: '/webhook',
    },
    { kind: 'identify', id: 'c1', contact: 'c1', message: 'hola', type: 'generic', body: text(1_800) },
    ...Array.from({ length: 23 }, () => ({ kind: 'event', type: 'step', data: text(1_800) })),
    { kind: 'end', status: 'completed' },
  ];
  const lines = drafts.map((draft, i) => {
    const length = encoder.encode({ ...draft, trace, ts: 1_700_000_000_000_000 + i }, i + 1);
    return Buffer.from(encoder.buffer.subarray(0, length));
  });
  return packLines(lines);
}
