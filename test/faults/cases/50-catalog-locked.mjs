import { join } from 'node:path';
import { openSqlite } from '../../../dist/libs/trace/src/catalog/db/sqlite/sqlite.js';
import { acknowledged, quantile, sleep, startApp, startLoad, until } from '../support/app.mjs';
import { compare, readJournal, readTraces } from '../support/journal.mjs';
import { withDir } from '../support/place.mjs';

/** Time that the catalog waits for a lock before it gives up for now. */
const PATIENCE_MS = 2_000;

export const cases = [
  {
    name: 'catalog locked by another process',
    each: true,
    run: ({ short }) =>
      withDir((root) =>
        locked(
          root,
          short
            ? { lockMs: 3_000, slices: 2, most: Number.POSITIVE_INFINITY }
            : { lockMs: 60_000, slices: 6, most: 1.2 },
        ),
      ),
  },
];

/**
 * Another process holds SQLite's lock: requests must not slow down, and nothing may be missing afterwards. The times
 * with and without the lock are taken in turns, so that a machine that slows down slows both. A short run, on a machine
 * that is shared with others, compares no times: it requires that no request waited as long as SQLite's own busy
 * timeout.
 */
async function locked(root, { lockMs, slices, most }) {
  const dir = join(root, 'traces');
  const acks = join(root, 'acks');
  const app = await startApp({ dir, acks });
  const load = startLoad(app, { connections: 4, pauseMs: 4 });
  await sleep(1_500);
  await app.get('/debug/traces');
  const normal = [];
  const under = [];
  for (let slice = 0; slice < slices; slice += 1) {
    normal.push(...(await timesOf(load, lockMs / slices)));
    const db = openSqlite(join(dir, 'catalog.db'));
    db.exec('PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE');
    under.push(...(await timesOf(load, lockMs / slices)));
    db.exec('ROLLBACK');
    db.close();
  }
  const db = openSqlite(join(dir, 'catalog.db'));
  db.exec('PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE');
  const whole = await timesOf(load, lockMs);
  const answer = await app.get('/debug/traces?limit=1');
  db.exec('ROLLBACK');
  db.close();
  await load.stop();
  const { ms: caughtUpMs } = await until(
    () => app.get('/debug/health'),
    ({ body }) => body.journal.lag === 0,
  );
  await app.end('SIGTERM');
  const acked = acknowledged(acks);
  const inFiles = compare(acked, readJournal(dir).steps);
  const inTraces = compare(acked, (await readTraces(dir)).steps);
  const p99 = {
    normal: quantile(normal, 0.99),
    locked: quantile(under, 0.99),
    locked_in_one_piece: quantile(whole, 0.99),
  };
  const ratio = p99.locked / p99.normal;
  const slowest = quantile([...under, ...whole], 1);
  const lost = inFiles.lost + inTraces.lost;
  return {
    ok: lost === 0 && load.failed + load.refused === 0 && ratio <= most && slowest < PATIENCE_MS,
    locked_ms: 2 * lockMs,
    requests: load.answered,
    request_p99_ms: rounded(p99),
    p99_ratio: Math.round(ratio * 100) / 100,
    slowest_locked_ms: Math.round(slowest),
    list_while_locked: answer.status,
    acknowledged: acked.length,
    lost,
    caught_up_ms: caughtUpMs,
  };
}

async function timesOf(load, ms) {
  load.times.length = 0;
  await sleep(ms);
  return load.times.splice(0);
}

function rounded(values) {
  return Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, Math.round(ms * 100) / 100]));
}
