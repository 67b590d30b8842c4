/**
 * A real ClickHouse engine (the npm package `chdb`, in this process) behind the part of ClickHouse's HTTP interface that
 * `@clickhouse/client` uses. `chdb` has one data directory per process, so run it as a process of its own:
 * `node chdb-server.mjs <folder of the package> <data directory> <port>`. It writes a line when it listens.
 *
 * One statement runs at a time. Not supported: users, progress, cancelling a query, sessions with temporary tables.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, brotliDecompressSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';

const [folder, data, port] = process.argv.slice(2);
const { Session } = createRequire(join(folder, 'package.json'))('./index.js');
const session = new Session(data);

/** Parameters of a request that are no settings. */
const NOT_SETTINGS = new Set(
  'query query_id database default_format session_id session_timeout session_check user password role compress decompress enable_http_compression wait_end_of_query'.split(
    ' ',
  ),
);
const FORMAT = /\bFORMAT\s+([A-Za-z]+)\s*;?\s*$/i;
const INSERT = /^\s*INSERT\s+INTO\b/i;
const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

/** Statements wait for each other, as do the settings around them. */
let last = Promise.resolve();
let asked = 0;

/** Parameters are in the address, which ClickHouse limits to 1 MiB. */
const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('error', () => undefined);
  request.on('end', () => {
    last = last.then(() => answer(request, response, Buffer.concat(parts))).catch(() => undefined);
  });
});

async function answer(request, response, sent) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/ping') return void response.end('Ok.\n');
  const queryId = searchParams.get('query_id') ?? `query-${(asked += 1)}`;
  response.setHeader('x-clickhouse-query-id', queryId);
  try {
    const decode = DECODERS[request.headers['content-encoding']];
    const body = decode ? decode(sent) : sent;
    const result = await run(searchParams, body);
    response.setHeader('x-clickhouse-summary', JSON.stringify(result.summary));
    response.setHeader('content-type', 'text/plain; charset=UTF-8');
    const zip =
      searchParams.get('enable_http_compression') === '1' && /gzip/.test(request.headers['accept-encoding'] ?? '');
    if (zip) response.setHeader('content-encoding', 'gzip');
    response.end(zip ? gzipSync(result.bytes, { level: constants.Z_BEST_SPEED }) : result.bytes);
  } catch (error) {
    const text = /Code: \d+\. DB::[\s\S]*/.exec(error.message)?.[0] ?? `Code: 1002. DB::Exception: ${error.message}`;
    response.statusCode = 500;
    response.setHeader('x-clickhouse-exception-code', /^Code: (\d+)/.exec(text)[1]);
    response.end(`${text}\n`);
  }
}

async function run(params, body) {
  const inUrl = params.get('query');
  const text = inUrl === null ? body.toString() : inUrl;
  const values = inUrl === null ? undefined : body;
  const settings = [...params.keys()].filter((name) => !NOT_SETTINGS.has(name) && !name.startsWith('param_'));
  const database = params.get('database');
  try {
    if (database) session.query(`USE \`${database}\``);
    for (const [name, value] of params) {
      if (name.startsWith('param_') || settings.includes(name)) session.query(`SET ${name} = ${literal(value)}`);
    }
    if (values && values.length > 0 && INSERT.test(text)) return await insert(text, values);
    const format = FORMAT.exec(text)?.[1];
    const result = await session.queryAsync(INSERT.test(text) ? text : text.replace(FORMAT, ''), {
      format: format ?? params.get('default_format') ?? 'TabSeparated',
    });
    return { bytes: Buffer.from(result.bytes()), summary: summaryOf(result) };
  } finally {
    for (const name of settings) session.query(`SET ${name} = DEFAULT`);
    for (const name of params.keys()) if (name.startsWith('param_')) session.query(`SET ${name} = ''`);
    if (database) session.query('USE default');
  }
}

/** The rows are behind the statement, as in a file of clickhouse-client. */
async function insert(text, values) {
  const result = await session.queryAsync(`${text.replace(/;\s*$/, '')}\n${values.toString()}`, {
    format: 'TabSeparated',
  });
  return { bytes: Buffer.alloc(0), summary: summaryOf(result) };
}

function summaryOf(result) {
  const rows = String(result.rowsRead ?? 0);
  return {
    read_rows: rows,
    read_bytes: String(result.bytesRead ?? 0),
    written_rows: rows,
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: '0',
  };
}

/** A value in a statement. The engine's interface ends a statement at a NUL; the value itself is escaped text already. */
function literal(value) {
  return `'${value.replaceAll('\0', '\\0').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
process.on('SIGTERM', () => {
  session.close();
  process.exit(0);
});
// The test that started it is gone.
process.on('disconnect', () => process.exit(0));
