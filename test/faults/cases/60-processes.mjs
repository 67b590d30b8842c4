import { join } from 'node:path';
import { acknowledged, sleep, startApp, startLoad, until } from '../support/app.mjs';
import { compare, readJournal, readTraces } from '../support/journal.mjs';
import { withDir } from '../support/place.mjs';

export const cases = [
  {
    name: 'four processes, one directory, one is killed',
    each: true,
    run: ({ short }) => withDir((root) => processes(root, short ? 1 : 10)),
  },
];

/**
 * Any process may index, under SQLite's lock. Each round kills one of four that all write and all answer questions; the
 * others must show its traces as interrupted, and be up to date, within five seconds.
 */
async function processes(root, rounds) {
  const dir = join(root, 'traces');
  const acks = [];
  const start = (name) => {
    acks.push(join(root, `acks-${name}`));
    return startApp({ dir, acks: acks.at(-1), name, store: { maxSegmentBytes: 400_000 } });
  };
  const apps = await Promise.all([1, 2, 3, 4].map((n) => start(`p${n}`)));
  let slowest = 0;
  let boots = 4;
  for (let round = 1; round <= rounds; round += 1) {
    const loads = apps.map((app) => startLoad(app, { connections: 2, pauseMs: 3 }));
    const asking = setInterval(() => {
      for (const app of apps) app.get('/debug/traces?limit=5').catch(() => undefined);
    }, 100);
    await sleep(1_500);
    const victim = apps.shift();
    await victim.end('SIGKILL');
    clearInterval(asking);
    await Promise.all(loads.map((load) => load.stop()));
    // Its open traces are marked as interrupted, and everything is in the index, whichever process writes it.
    const { ms } = await until(
      () => Promise.all(apps.map((app) => Promise.all([app.get('/debug/health'), app.get('/debug/active')]))),
      (answers) =>
        answers.every(([health, active]) => health.body.journal.lag === 0 && active.body.traces.length === 0),
      10_000,
    );
    slowest = Math.max(slowest, ms);
    boots += 1;
    apps.push(await start(`p${boots}`));
  }
  const counts = await Promise.all(apps.map(async (app) => (await app.get('/debug/health')).body.total_traces));
  await Promise.all(apps.map((app) => app.end('SIGTERM')));
  const acked = acks.flatMap((file) => acknowledged(file));
  const journal = readJournal(dir);
  const shown = await readTraces(dir);
  const inFiles = compare(acked, journal.steps);
  const inTraces = compare(acked, shown.steps);
  const lost = inFiles.lost + inTraces.lost;
  const duplicated = inFiles.duplicated + inTraces.duplicated;
  return {
    ok:
      lost + duplicated + journal.corrupt === 0 &&
      slowest < 5_000 &&
      new Set(counts).size === 1 &&
      !shown.byStatus.active,
    rounds,
    acknowledged: acked.length,
    lost,
    duplicated,
    corrupt: journal.corrupt,
    takeover_ms: slowest,
    traces: shown.traces,
    counted_by_each: counts,
    by_status: shown.byStatus,
    segments: journal.segments,
  };
}
