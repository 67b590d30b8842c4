import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openSqlite } from '../../../dist/libs/trace/src/catalog/sqlite.js';
import { listSegments } from '../../../dist/libs/trace/src/journal/segments.js';
import { EmbeddedStore } from '../../../dist/libs/trace/src/store/embedded-store.js';
import { readJournal } from '../support/journal.mjs';
import { withDir } from '../support/place.mjs';

const TRACES = 400;

export const cases = [
  {
    name: 'bit flips in the journal, one at a time',
    run: ({ short }) => withDir((dir) => oneByOne(dir, short ? 200 : 1_000)),
  },
  {
    name: 'bit flips in the journal, all at once',
    run: ({ short }) => withDir((dir) => allAtOnce(dir, short ? 200 : 1_000)),
  },
  ...Object.keys(damages()).map((what) => ({
    name: `catalog: ${what}`,
    run: () => withDir((dir) => damagedCatalog(dir, damages()[what])),
  })),
  { name: 'catalog: deleted while open', run: () => withDir(deletedWhileOpen) },
  { name: 'catalog: of a newer version', run: () => withDir(newerCatalog) },
];

/** Traces of four records each, in one segment. */
function record({ sink }, count, from = 0) {
  for (let n = from; n < from + count; n += 1) {
    const trace = `${sink.boot}-${n}`;
    const ts = 1_700_000_000_000_000 + n;
    sink.append({ kind: 'open', trace, id: `t_${n}`, traceparent: '', ts });
    sink.append({ kind: 'identify', trace, id: `t_${n}`, contact: `c${n % 20}`, message: 'hola', ts });
    sink.append({
      kind: 'event',
      trace,
      type: 'step',
      data: JSON.stringify({ id: `e${n}`, pad: 'x'.repeat(100) }),
      ts,
    });
    sink.append({ kind: 'end', trace, status: 'completed', ts });
  }
}

async function recorded(dir, count) {
  const store = EmbeddedStore.open({ dir });
  record(store, count);
  await store.counts();
  await store.close();
}

/** Any bit but of the last byte: the end of the last line may still be coming, so its absence is no damage. */
function flip(bytes) {
  const at = Math.floor(Math.random() * (bytes.length - 1));
  bytes[at] ^= 1 << Math.floor(Math.random() * 8);
}

const total = (dir) => {
  const { records, corrupt } = readJournal(dir);
  return { records, corrupt };
};

async function oneByOne(root, flips) {
  const original = join(root, 'original');
  await recorded(original, 25);
  const { records: all } = total(original);
  const [{ path }] = listSegments(original);
  const bytes = readFileSync(path);
  const copy = join(root, 'copy');
  mkdirSync(join(copy, 'journal'), { recursive: true });
  const target = join(copy, 'journal', '00000001.ndjson');
  let worst = 0;
  let uncounted = 0;
  let lost = 0;
  for (let n = 0; n < flips; n += 1) {
    const damaged = Buffer.from(bytes);
    flip(damaged);
    writeFileSync(target, damaged);
    const { records, corrupt } = total(copy);
    lost += all - records;
    worst = Math.max(worst, all - records);
    if (corrupt === 0) uncounted += 1;
  }
  return { ok: worst <= 1 && uncounted === 0, flips, most_lost_by_one: worst, lost, uncounted };
}

async function allAtOnce(dir, flips) {
  await recorded(dir, 10 * TRACES);
  const before = total(dir).records;
  const [{ path }] = listSegments(dir);
  const bytes = readFileSync(path);
  for (let n = 0; n < flips; n += 1) flip(bytes);
  writeFileSync(path, bytes);
  rmSync(join(dir, 'catalog.db'));
  const { records, corrupt } = total(dir);
  const store = EmbeddedStore.open({ dir });
  const { total: traces } = await store.counts();
  const { corruptRecords } = await store.health();
  await store.close();
  const lost = before - records;
  return {
    ok: lost > 0 && lost <= flips && corrupt >= lost && corruptRecords === corrupt,
    flips,
    records: before,
    lost,
    counted: corrupt,
    counted_in_health: corruptRecords,
    traces,
  };
}

function damages() {
  const overwrite = (file, at, length) => {
    const bytes = readFileSync(file);
    for (let n = at; n < Math.min(at + length, bytes.length); n += 1) bytes[n] = Math.floor(Math.random() * 256);
    writeFileSync(file, bytes);
  };
  return {
    'header overwritten': (file) => overwrite(file, 0, 100),
    'page 1 overwritten': (file) => overwrite(file, 100, 3_900),
    'a middle page overwritten': (file) => overwrite(file, Math.floor(statSync(file).size / 8_192) * 4_096, 4_096),
    truncated: (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    empty: (file) => writeFileSync(file, ''),
    'another program’s database': (file) => {
      rmSync(file);
      const db = openSqlite(file);
      db.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
      db.close();
    },
    missing: (file) => rmSync(file),
  };
}

/** The index is thrown away and built anew: every trace must be there, each with all it had. */
async function damagedCatalog(dir, damage) {
  await recorded(dir, TRACES);
  const file = join(dir, 'catalog.db');
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  damage(file);
  const store = EmbeddedStore.open({ dir });
  const seen = await look(store);
  record(store, 10, TRACES);
  const after = await look(store);
  await store.close();
  return { ok: seen.whole === TRACES && after.whole === TRACES + 10, traces: TRACES, lost: TRACES - seen.whole };
}

async function look(store) {
  const { heads } = await store.list({}, 500);
  let whole = 0;
  for (const { traceId } of heads) {
    const stored = await store.get(traceId);
    if (stored?.records.length === 4) whole += 1;
  }
  return { whole };
}

async function deletedWhileOpen(dir) {
  const store = EmbeddedStore.open({ dir });
  record(store, TRACES);
  await look(store);
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `catalog.db${suffix}`), { force: true });
  record(store, 10, TRACES);
  const meanwhile = await look(store);
  await store.close();
  const next = EmbeddedStore.open({ dir });
  const after = await look(next);
  await next.close();
  const all = TRACES + 10;
  return { ok: meanwhile.whole === all && after.whole === all, traces: all, lost: all - after.whole };
}

/** Not ours to overwrite: it is refused with a code, capture goes on, and its own version finds all of it. */
async function newerCatalog(dir) {
  await recorded(dir, TRACES);
  const file = join(dir, 'catalog.db');
  const saved = `${file}.saved`;
  copyFileSync(file, saved);
  const db = openSqlite(file);
  db.exec('PRAGMA user_version = 999');
  db.close();
  const store = EmbeddedStore.open({ dir });
  const refused = await store.counts().then(
    () => 'answered',
    (error) => error.code,
  );
  record(store, 10, TRACES);
  await store.close();
  const kept = existsSync(file) && versionOf(file) === 999;
  copyFileSync(saved, file);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  const next = EmbeddedStore.open({ dir });
  const { whole } = await look(next);
  await next.close();
  const all = TRACES + 10;
  return { ok: refused === 'DATA_NEWER' && kept && whole === all, code: refused, traces: all, lost: all - whole };
}

function versionOf(file) {
  const db = openSqlite(file);
  const { user_version: version } = db.prepare('PRAGMA user_version').get();
  db.close();
  return version;
}
