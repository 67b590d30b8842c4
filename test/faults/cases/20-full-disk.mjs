import { closeSync, ftruncateSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, startLoad, sleep, until } from '../support/app.mjs';
import { readJournal, readTraces, sum } from '../support/journal.mjs';
import { needs, withDir, withDisk } from '../support/place.mjs';

const KB = 1024;

export const cases = [
  {
    name: 'full disk',
    each: 'short',
    // The journal of all rounds must fit: a fast machine writes 20 MB in ten.
    run: ({ short }) =>
      withDisk(short ? 24 : 96, (disk) => fullDisk(disk, { rounds: short ? 2 : 10, minFreeBytes: 0 })),
  },
  {
    name: 'full disk, stopped before',
    each: true,
    run: () => withDisk(64, (disk) => fullDisk(disk, { rounds: 1, pauseMs: 15 })),
  },
  { name: 'file-size limit', each: true, run: () => withDir(fileSizeLimit) },
];

/**
 * Fills the disk under load and empties it again, several times. Every record that was offered to the journal must be
 * in the files or counted as dropped.
 */
async function fullDisk(disk, { rounds, minFreeBytes, pauseMs = 1 }) {
  const dir = join(disk, 'traces');
  const ballast = join(disk, 'ballast');
  const app = await startApp({ dir, store: { minFreeBytes } });
  const load = startLoad(app, { pauseMs });
  const seen = { causes: new Set(), free: Number.POSITIVE_INFINITY, degraded: true };
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(300);
    // Either to the last byte, or to slightly above the floor of 5%, which the load then uses up.
    const kept = minFreeBytes === 0 ? 0 : 4_500 * KB;
    fill(ballast, disk, kept);
    const { value } = await until(
      () => app.get('/debug/health'),
      ({ body }) => sum(body.dropped ?? {}) > (seen.dropped ?? 0),
    );
    await sleep(500);
    seen.free = Math.min(seen.free, freeOf(disk));
    seen.degraded &&= value.body.status === 'degraded' && value.body.reasons.length > 0;
    for (const cause of Object.keys(value.body.dropped)) seen.causes.add(cause);
    rmSync(ballast);
    // Recovery needs no restart and no request.
    const { value: after } = await until(
      () => app.get('/debug/health'),
      ({ body }) => !body.reasons.join().includes('until it works again'),
    );
    seen.dropped = sum(after.body.dropped);
  }
  await sleep(200);
  await load.stop();
  await until(
    () => app.get('/debug/active'),
    ({ body }) => body.traces.length === 0,
  );
  const { offered } = (await app.get('/offered')).body;
  const { dropped } = (await app.get('/debug/health')).body;
  await app.end('SIGTERM');
  const journal = readJournal(dir);
  const shown = await readTraces(dir);
  const counted = journal.dropped;
  const accounted = journal.records + sum(dropped);
  return {
    ok:
      load.failed + load.refused + journal.corrupt === 0 &&
      load.answered > 0 &&
      offered === accounted &&
      counted === sum(dropped) &&
      seen.degraded &&
      (minFreeBytes === 0 || (seen.free > 0 && !seen.causes.has('ENOSPC'))) &&
      !shown.byStatus.active,
    rounds,
    webhooks_answered: load.answered,
    webhooks_failed: load.failed + load.refused,
    records_offered: offered,
    records_kept: journal.records,
    dropped,
    told_by_gaps: counted,
    corrupt: journal.corrupt,

    least_bytes_free: seen.free,
    traces: shown.traces,
    by_status: shown.byStatus,
  };
}

/** A file that leaves `kept` bytes of the disk. */
function fill(path, disk, kept) {
  const fd = openSync(path, 'w');
  const block = Buffer.alloc(64 * KB);
  let size = 0;
  try {
    while (freeOf(disk) > kept) size += writeSync(fd, block);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
  if (kept > 0) ftruncateSync(fd, size);
  closeSync(fd);
}

function freeOf(disk) {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
}

/** The system lets no file grow over 200 KB: a record is truncated, and the next segment continues. */
async function fileSizeLimit(root) {
  needs('prlimit');
  const dir = join(root, 'traces');
  // The limit applies to the whole process, so the catalog meets it too and must report it.
  const app = await startApp({ dir }, { wrap: ['prlimit', `--fsize=${200 * KB}`] });
  const load = startLoad(app, { pauseMs: 1 });
  await sleep(3_000);
  await load.stop();
  await sleep(100);
  const { offered } = (await app.get('/offered')).body;
  const { dropped } = (await app.get('/debug/health')).body;
  await app.end('SIGKILL');
  const journal = readJournal(dir);
  return {
    ok:
      load.failed + load.refused + journal.corrupt === 0 &&
      journal.segments > 2 &&
      offered <= journal.records + sum(dropped) + 1_000 &&
      journal.records > 0,
    webhooks_answered: load.answered,
    records_offered: offered,
    records_kept: journal.records,
    dropped,
    corrupt: journal.corrupt,
    segments: journal.segments,
  };
}
