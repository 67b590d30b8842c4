/**
 * Cost of indexing: CPU for each event of 2 KB, beside inserting the same events into a table of SQLite (each in a
 * separate transaction, which survives a kill like a line of the journal; and a hundred to a transaction, which may
 * lose as many) and beside appending the same bytes to a file. The catalog itself builds the index in this process,
 * from an existing journal, so nothing else is in the number. The three take turns; the result is the median of the
 * rounds.
 * `npm run bench -- ingest [--traces N] [--bytes N] [--rounds N]`: one line of JSON on stdout.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { openSqlite } from '../../dist/libs/trace/src/catalog/db/sqlite/sqlite.js';
import { writeJournal } from './support/journal-data.mjs';
import { cpuMs, quantile, rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: {
    traces: { type: 'string', default: '5000' },
    // Four payloads in ten events, the rest is small: 20 KB per trace, 2 KB per event.
    bytes: { type: 'string', default: '4500' },
    rounds: { type: 'string', default: '5' },
  },
});
const traces = Number(flags.traces);
const rounds = Number(flags.rounds);

const dir = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
try {
  const made = writeJournal(dir, { traces, days: 1, bytes: Number(flags.bytes) });
  const lines = linesOf(dir);
  const results = { index: [], insert: [], batched: [], append: [] };
  for (let round = -1; round < rounds; round++) {
    const cpu = {
      index: index(dir),
      insert: insert(dir, lines, 1),
      batched: insert(dir, lines, 100),
      append: append(dir, lines),
    };
    // The first round warms up the code and the file system.
    if (round >= 0) for (const name of Object.keys(cpu)) results[name].push((cpu[name] * 1000) / made.events);
  }
  const median = Object.fromEntries(
    Object.entries(results).map(([name, values]) => [
      name,
      quantile(
        values.sort((a, b) => a - b),
        0.5,
      ),
    ]),
  );
  const catalogBytes = statSync(join(dir, 'catalog.db')).size;
  console.log(
    JSON.stringify({
      bench: 'ingest',
      traces,
      events: made.events,
      bytes_per_event: Math.round(made.bytes / made.events),
      rounds,
      index_cpu_us_per_event: rounded(median.index),
      sqlite_insert_cpu_us_per_event: rounded(median.insert),
      sqlite_batched_insert_cpu_us_per_event: rounded(median.batched),
      file_append_cpu_us_per_event: rounded(median.append),
      index_to_insert: rounded(median.index / median.insert),
      index_to_batched_insert: rounded(median.index / median.batched),
      catalog_share: rounded(catalogBytes / made.bytes, 4),
      catalog_bytes_per_trace: Math.round(catalogBytes / traces),
      node: process.version,
    }),
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function linesOf(root) {
  const journal = join(root, 'journal');
  return readdirSync(journal).flatMap((name) => {
    const lines = readFileSync(join(journal, name), 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => ({ line, record: JSON.parse(line) })).filter(({ record }) => record.trace);
  });
}

function index(root) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(root, `catalog.db${suffix}`), { force: true });
  const before = cpuMs();
  const catalog = new Catalog({ dir: root });
  catalog.catchUp(600_000);
  const used = cpuMs() - before;
  if (catalog.counts().total !== traces) throw new Error(`indexed ${catalog.counts().total} of ${traces} traces`);
  catalog.close();
  return used;
}

/** The obvious table: an event per row, found by its trace. */
function insert(root, lines, perTransaction) {
  const file = join(root, 'insert.db');
  const db = openSqlite(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, trace TEXT, seq INTEGER, ts INTEGER, kind TEXT, data TEXT)');
  db.exec('CREATE INDEX events_by_trace ON events (trace, seq)');
  const statement = db.prepare('INSERT INTO events (trace, seq, ts, kind, data) VALUES (?, ?, ?, ?, ?)');
  const before = cpuMs();
  lines.forEach(({ line, record }, i) => {
    if (i % perTransaction === 0) db.exec('BEGIN IMMEDIATE');
    statement.run(record.trace, record.seq, record.ts, record.kind, line);
    if (i % perTransaction === perTransaction - 1 || i === lines.length - 1) db.exec('COMMIT');
  });
  const used = cpuMs() - before;
  db.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  return used;
}

function append(root, lines) {
  const file = join(root, 'append.ndjson');
  const fd = openSync(file, 'a');
  const before = cpuMs();
  for (const { line } of lines) writeSync(fd, `${line}\n`);
  const used = cpuMs() - before;
  closeSync(fd);
  rmSync(file);
  return used;
}
