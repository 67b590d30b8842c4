import { join } from 'node:path';
import { acknowledged, sleep, startApp, startLoad } from '../support/app.mjs';
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
  'heap exhaustion': (app) => die(app, 'heap'),
  'hung event loop': async (app) => {
    await app.post('/die', { how: 'hang' });
    await sleep(300);
    await app.end('SIGKILL');
  },
};

const ROUNDS = { 'kill -9': [6, 200], 'hung event loop': [1, 10], 'heap exhaustion': [1, 10] };

export const cases = Object.keys(DEATHS).map((how) => ({
  name: `${how} under load`,
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
      await sleep(30 + Math.random() * 500);
      await DEATHS[how](app);
      await load.stop();
      answered += load.answered;
    }
    const acks = Array.from({ length: count }, (_, i) => acknowledged(join(root, `acks-${i + 1}`))).flat();
    const journal = readJournal(dir);
    const shown = await readTraces(dir);
    const inFiles = compare(acks, journal.steps);
    const inTraces = compare(acks, shown.steps);
    const { corrupt, segments } = journal;
    const lost = Math.max(inFiles.lost, inTraces.lost);
    const duplicated = Math.max(inFiles.duplicated, inTraces.duplicated);
    return {
      ok: acks.length > 0 && lost + duplicated + corrupt === 0 && !shown.byStatus.active,
      rounds: count,
      webhooks_answered: answered,
      acknowledged: acks.length,
      lost,
      duplicated,
      corrupt,
      segments,
      traces: shown.traces,
      by_status: shown.byStatus,
    };
  });
}

async function die(app, how) {
  await app.post('/die', { how }).catch(() => undefined);
  await app.exited;
}
