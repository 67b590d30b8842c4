import { join } from 'node:path';
import { acknowledged, recordedIds, sleep, startApp, startLoad, until } from '../support/app.mjs';
import { compare, readJournal, readTraces } from '../support/journal.mjs';
import { withDir } from '../support/place.mjs';

/** Small segments, so that many deaths meet a rotation. */
const STORE = { maxSegmentBytes: 150_000 };

/** Ways in which the process ends while it is under load. */
const DEATHS = {
  'kill -9': (app) => app.end('SIGKILL'),
  SIGTERM: (app) => app.end('SIGTERM'),
  'process.exit': (app) => die(app, 'exit'),
  uncaughtException: (app) => die(app, 'uncaught'),
  'process.abort': (app) => die(app, 'abort'),
  'kill -9 by itself': (app) => die(app, 'signal'),
  'heap exhaustion': (app) => die(app, 'heap'),
  'hung event loop': (app) => hang(app, 'hang'),
  'hung event loop that records nothing': (app) => hang(app, 'silent'),
};

const ROUNDS = {
  'kill -9': [6, 200],
  'hung event loop': [1, 10],
  'hung event loop that records nothing': [1, 10],
  'heap exhaustion': [1, 10],
};
/** Deaths after which nothing may be missing in any durability: the process has a moment to write. */
const ORDERLY = new Set(['SIGTERM', 'process.exit', 'uncaughtException', 'process.abort', 'kill -9 by itself']);
ORDERLY.add('hung event loop that records nothing');

export const cases = Object.keys(DEATHS).map((how) => ({
  name: `${how} under load`,
  each: 'short',
  run: ({ short }) => rounds(how, (ROUNDS[how] ?? [2, 20])[short ? 0 : 1]),
}));

/** All rounds kill processes in one directory, each where the one before left it. */
function rounds(how, count) {
  return withDir(async (root) => {
    const dir = join(root, 'traces');
    let answered = 0;
    for (let round = 1; round <= count; round += 1) {
      const settings = { dir, acks: join(root, `acks-${round}`), name: `r${round}`, store: STORE };
      const node = how === 'heap exhaustion' ? ['--max-old-space-size=64'] : [];
      const app = await startApp(settings, { node });
      const load = startLoad(app);
      // The start of a process says nothing, and takes seconds on a busy machine.
      await until(
        () => load.answered,
        (responses) => responses > 0,
        60_000,
      );
      await sleep(Math.random() * 500);
      await DEATHS[how](app);
      await load.stop();
      answered += load.answered;
    }
    const files = Array.from({ length: count }, (_, i) => join(root, `acks-${i + 1}`));
    const acks = files.flatMap(acknowledged);
    const journal = readJournal(dir);
    const shown = await readTraces(dir);
    const inFiles = compare(acks, journal.steps);
    const inTraces = compare(acks, shown.steps);
    const { corrupt, segments } = journal;
    const lost = Math.max(inFiles.lost, inTraces.lost);
    const duplicated = Math.max(inFiles.duplicated, inTraces.duplicated);
    const lostOf = files.map((file) => recordedIds(file).filter((id) => !journal.steps.has(id)).length);
    const recordedLost = lostOf.reduce((total, n) => total + n, 0);
    return {
      ok:
        acks.length > 0 &&
        lost + duplicated + corrupt === 0 &&
        (!ORDERLY.has(how) || recordedLost === 0) &&
        !shown.byStatus.active,
      rounds: count,
      webhooks_answered: answered,
      acknowledged: acks.length,
      lost,
      recorded: files.flatMap(recordedIds).length,
      recorded_lost: recordedLost,
      recorded_lost_at_most: Math.max(...lostOf),
      duplicated,
      corrupt,
      segments,
      traces: shown.traces,
      by_status: shown.byStatus,
    };
  });
}

async function hang(app, how) {
  await app.post('/die', { how });
  await sleep(300);
  await app.end('SIGKILL');
}

async function die(app, how) {
  await app.post('/die', { how }).catch(() => undefined);
  await app.exited;
}
