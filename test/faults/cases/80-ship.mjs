import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shipDirectory } from '../../../dist/libs/trace/src/ship-worker/ship-directory.js';
import { postgres } from '../../../dist/libs/trace/src/store/shared-target.js';
import { quantile, sleep, startApp, startLoad, until } from '../support/app.mjs';
import { durability } from '../support/durability.mjs';
import { withDir } from '../support/place.mjs';
import { compareLines, journalLines, withPostgres } from '../support/shared.mjs';

export const cases = [
  {
    name: 'ship-race: three programs ship one directory and are killed, and so is the database',
    each: true,
    run: ({ short }) => withPostgres((server) => withDir((root) => race(server, root, short ? 8 : 40))),
  },
  {
    name: 'ship-outage: the database is down while an application records',
    each: true,
    run: ({ short }) => withPostgres((server) => withDir((root) => outage(server, root, short ? 8 : 60))),
  },
];

const SCHEMA = 'ship';
const RACER = fileURLToPath(new URL('../ship-racer.mjs', import.meta.url));
const WRITER = fileURLToPath(new URL('../ship-writer.mjs', import.meta.url));

/** Each of the three cuts batches in its own way, so that none ends where another one does. */
async function race(server, root, kills) {
  const dir = join(root, 'traces');
  const target = postgres({ url: server.url, schema: SCHEMA });
  const writers = [1, 2].map(() =>
    start(WRITER, { dir, durability: durability(), everyMs: 4, maxSegmentBytes: 2_000_000 }),
  );
  const sizes = [60_000, 350_000, 1_500_000];
  const racers = sizes.map((maxBatchBytes) => start(RACER, { dir, target, maxBatchBytes }));
  let crashes = 0;
  try {
    for (let n = 0; n < kills; n += 1) {
      await sleep(250 + Math.random() * 700);
      const at = n % racers.length;
      await end(racers[at]);
      racers[at] = start(RACER, { dir, target, maxBatchBytes: sizes[at] });
      if (n % 10 === 5) {
        await server.stop('immediate');
        crashes += 1;
        await sleep(300);
        await server.run();
      }
      // One of the processes that record dies too: its segments end somewhere.
      if (n === Math.floor(kills / 2)) await end(writers[0]);
    }
  } finally {
    await Promise.all([...writers, ...racers].map(end));
  }
  const last = await shipDirectory({ dir, target });
  const { lost, twice, changed, lines } = await compareLines(dir, server, SCHEMA);
  const [{ wrong }] = await server.query(
    `SELECT count(*)::int AS wrong FROM ${SCHEMA}.heads h WHERE (h.doc::json->>'events')::int + (h.status <> 'active')::int + 1
     <> (SELECT sum(records) FROM ${SCHEMA}.chunks c WHERE c.key = h.key)`,
  );
  const ok = lost + twice + changed + wrong + last.lostBytes === 0 && lines > 1_000;
  return { ok, kills, crashes, lines, lost, twice, changed, wrong_heads: wrong, lost_bytes: last.lostBytes };
}

async function outage(server, root, seconds) {
  const dir = join(root, 'traces');
  const target = postgres({ url: server.url, schema: SCHEMA });
  const app = await startApp({ dir, target, events: 24 });
  const load = startLoad(app, { connections: 4, pauseMs: 60 });
  const stored = async () =>
    Number((await server.query(`SELECT coalesce(sum(records), 0) AS n FROM ${SCHEMA}.chunks`))[0].n);
  await sleep(2_000);
  // Warm: the code is compiled.
  load.times.length = 0;
  await sleep(Math.min(seconds, 20) * 1_000);
  const before = load.times.splice(0);
  const linesBefore = journalLines(dir).length;
  const startedAt = performance.now();
  await server.stop('immediate');
  await sleep(seconds * 1_000);
  const down = load.times.splice(0);
  const lines = journalLines(dir).length;
  const perSecond = Math.round((lines - linesBefore) / ((performance.now() - startedAt) / 1_000));
  await server.run();
  const { ms: caughtUpMs } = await until(stored, (n) => n >= lines, 60_000);
  await load.stop();
  await app.end('SIGTERM');
  const compared = await compareLines(dir, server, SCHEMA);
  const p99 = [before, down].map((times) => quantile(times, 0.99));
  const ok =
    compared.lost + compared.twice + compared.changed === 0 &&
    caughtUpMs <= 10_000 &&
    load.failed + load.refused === 0 &&
    // In the few seconds of the short form on a busy machine, a hundredth of the requests is noise: only a stall is seen.
    p99[1] <= (seconds < 60 ? p99[0] * 2 + 20 : Math.max(p99[0] * 1.1, p99[0] + 3));
  return {
    ok,
    seconds_down: seconds,
    events_per_second: perSecond,
    ...compared,
    caught_up_ms: caughtUpMs,
    p99_before_ms: rounded(p99[0]),
    p99_down_ms: rounded(p99[1]),
    failed: load.failed,
  };
}

function rounded(ms) {
  return Math.round(ms * 10) / 10;
}

function start(program, settings) {
  return spawn(process.execPath, [program, JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}
