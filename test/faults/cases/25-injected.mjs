import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { segmentFile } from '../../../dist/libs/trace/src/journal/codec/format.js';
import { startApp, startLoad, sleep, until } from '../support/app.mjs';
import { readJournal, readTraces, sum } from '../support/journal.mjs';
import { needs, run, Skip, withDir } from '../support/place.mjs';

export const cases = ['EIO', 'ENOSPC', 'EDQUOT', 'EINTR'].map((code) => ({
  name: `${code} injected into writes`,
  each: true,
  run: ({ short }) => {
    if (short && code !== 'EIO') throw new Skip('like EIO: see the full run');
    return withDir((root) => injected(root, code));
  },
}));

/** The kernel refuses some writes to the first segment: each is counted, none harms another, and writing continues. */
async function injected(root, code) {
  needs('strace');
  const probe = run('strace', ['-e', 'inject=write:error=EIO:when=100', 'true']);
  if (probe.status !== 0) throw new Skip(`strace may not trace here: ${probe.stderr.trim().split('\n').at(-1)}`);
  const dir = join(root, 'traces');
  const file = join(dir, 'journal', segmentFile(1));
  // `-D`: the started process is the application, and strace runs beside it.
  const faults = ['-e', 'trace=write', '-e', `inject=write:error=${code}:when=40..45`, '-e', 'signal=none'];
  const app = await startApp(
    { dir },
    { wrap: ['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-P', file, ...faults] },
  );
  const load = startLoad(app, { connections: 2, pauseMs: 5 });
  await sleep(1_500);
  await load.stop();
  const { value: health } = await until(
    () => app.get('/debug/health'),
    ({ body }) =>
      body.active_traces === 0 && body.journal.lag === 0 && !body.reasons.join().includes('until it works again'),
  );
  const { offered } = (await app.get('/offered')).body;
  const { dropped } = health.body;
  await app.end('SIGTERM');
  const journal = readJournal(dir);
  const shown = await readTraces(dir);
  return {
    ok:
      existsSync(file) &&
      load.failed + load.refused + journal.corrupt === 0 &&
      // Node itself retries a call that a signal interrupted.
      (code === 'EINTR' ? sum(dropped) === 0 : sum(dropped) > 0) &&
      offered === journal.records + sum(dropped) &&
      journal.dropped === sum(dropped) &&
      !shown.byStatus.active,
    webhooks_answered: load.answered,
    records_offered: offered,
    records_kept: journal.records,
    dropped,
    told_by_gaps: journal.dropped,
    corrupt: journal.corrupt,
    by_status: shown.byStatus,
  };
}
