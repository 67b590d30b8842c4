import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite } from '../../../dist/libs/trace/src/catalog/db/sqlite/sqlite.js';
import { openStore } from '../support/open-store.mjs';
import { withDir } from '../support/place.mjs';
import { record, recorded } from '../support/recorded.mjs';

const TRACES = 400;
const PAGE = 4_096;

export const cases = [
  ...Object.keys(damages()).map((what) => ({
    name: `catalog: ${what}`,
    run: () => withDir((dir) => damagedCatalog(dir, damages()[what])),
  })),
  { name: 'catalog: every page in turn', run: ({ short }) => withDir((root) => everyPage(root, short ? 9 : 1)) },
  { name: 'catalog: deleted while open', run: () => withDir(deletedWhileOpen) },
  { name: 'catalog: of a newer version', run: () => withDir(newerCatalog) },
];

function overwrite(file, at, length) {
  const bytes = readFileSync(file);
  for (let n = at; n < Math.min(at + length, bytes.length); n += 1) bytes[n] = Math.floor(Math.random() * 256);
  writeFileSync(file, bytes);
}

function damages() {
  return {
    'header overwritten': (file) => overwrite(file, 0, 100),
    'page 1 overwritten': (file) => overwrite(file, 100, 3_900),
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

/** The index is deleted and rebuilt: every trace must be there, each with all its records. */
async function damagedCatalog(dir, damage) {
  await recorded(dir, TRACES);
  const file = join(dir, 'catalog.db');
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  damage(file);
  const store = openStore({ dir });
  const seen = await look(store);
  record(store, 10, TRACES);
  const after = await look(store);
  await store.close();
  return { ok: seen.whole === TRACES && after.whole === TRACES + 10, traces: TRACES, lost: TRACES - seen.whole };
}

/** Damage in any page of SQLite, found by any question. */
async function everyPage(root, step) {
  const original = join(root, 'original');
  await recorded(original, TRACES);
  const pages = statSync(join(original, 'catalog.db')).size / PAGE;
  let worst = TRACES;
  let tried = 0;
  for (let page = 1; page < pages; page += step) {
    const dir = join(root, 'copy');
    cpSync(original, dir, { recursive: true });
    overwrite(join(dir, 'catalog.db'), page * PAGE, PAGE);
    const store = openStore({ dir });
    worst = Math.min(worst, (await look(store)).whole);
    tried += 1;
    await store.close();
    rmSync(dir, { recursive: true });
  }
  return { ok: worst === TRACES, pages: tried, traces: TRACES, most_lost: TRACES - worst };
}

async function look(store) {
  const { heads } = await store.list({ limit: 500 });
  let whole = 0;
  for (const { traceId } of heads) {
    const stored = await store.get(traceId);
    if (stored?.records.length === 4) whole += 1;
  }
  return { whole };
}

async function deletedWhileOpen(dir) {
  const store = openStore({ dir });
  record(store, TRACES);
  await look(store);
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `catalog.db${suffix}`), { force: true });
  record(store, 10, TRACES);
  const meanwhile = await look(store);
  await store.close();
  const next = openStore({ dir });
  const after = await look(next);
  await next.close();
  const all = TRACES + 10;
  return { ok: meanwhile.whole === all && after.whole === all, traces: all, lost: all - after.whole };
}

/** It must not be overwritten: it is refused with a code, capture continues, and its own version finds all traces. */
async function newerCatalog(dir) {
  await recorded(dir, TRACES);
  const file = join(dir, 'catalog.db');
  const saved = `${file}.saved`;
  copyFileSync(file, saved);
  const db = openSqlite(file);
  db.exec('PRAGMA user_version = 999');
  db.close();
  const store = openStore({ dir });
  const refused = await store.stats.counts().then(
    () => 'answered',
    (error) => error.code,
  );
  record(store, 10, TRACES);
  await store.close();
  const kept = existsSync(file) && versionOf(file) === 999;
  copyFileSync(saved, file);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  const next = openStore({ dir });
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
