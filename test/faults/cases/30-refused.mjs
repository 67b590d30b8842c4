import { chmodSync, mkdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { startApp, until } from '../support/app.mjs';
import { readJournal, sum } from '../support/journal.mjs';
import { needs, run, Skip, withDir, withDisk } from '../support/place.mjs';

const NOBODY = 65_534;

export const cases = [
  { name: 'read-only file system', each: true, run: () => withDisk(8, readOnly) },
  { name: 'read-only file system with old traces', each: true, run: () => withDisk(8, readOnlyWithTraces) },
  { name: 'directory of another user', each: true, run: () => withDir(noPermission) },
  { name: 'immutable directory', each: true, run: () => withDir(immutable) },
  { name: 'no file descriptor left', each: true, run: () => withDir(noDescriptor) },
];

/** Ten webhooks, then health: the application must answer, and report the failed operations. */
async function serve(app, post = (body) => app.post('/webhook', body)) {
  let answered = 0;
  for (let n = 0; n < 10; n += 1) if ((await post({ contactId: `c${n}` })).status === 200) answered += 1;
  const { status, body } = await app.get('/debug/health');
  return { answered, health: status, status: body.status, reasons: body.reasons, dropped: body.dropped };
}

const honest = ({ answered, health, status, reasons, dropped }) =>
  answered === 10 && health === 200 && status === 'degraded' && reasons.length > 0 && sum(dropped) > 0;

function remount(disk, how) {
  const { status, stderr } = run('mount', ['-o', `remount,${how}`, disk]);
  if (status !== 0) throw new Skip(stderr.trim());
}

async function readOnly(disk) {
  remount(disk, 'ro');
  const app = await startApp({ dir: join(disk, 'traces') });
  const result = await serve(app);
  await app.end('SIGTERM');
  return { ok: honest(result), ...result };
}

/** Existing traces are readable although nothing can be written, not even an index. */
async function readOnlyWithTraces(disk) {
  const dir = join(disk, 'traces');
  const before = await startApp({ dir });
  await serve(before);
  await before.end('SIGKILL');
  remount(disk, 'ro');
  const app = await startApp({ dir });
  const { body } = await app.get('/debug/traces?limit=100');
  const result = await serve(app);
  await app.end('SIGTERM');
  return { ok: honest(result) && body.count === 10, old_traces: body.count, ...result };
}

async function noPermission(root) {
  if (process.getuid() !== 0) throw new Skip('only root can start a program as another user');
  chmodSync(root, 0o755);
  const dir = join(root, 'traces');
  mkdirSync(dir, { mode: 0o700 });
  const app = await startApp({ dir }, { uid: NOBODY });
  const result = await serve(app);
  await app.end('SIGTERM');
  return { ok: honest(result), ...result };
}

async function immutable(root) {
  needs('chattr');
  const dir = join(root, 'traces');
  mkdirSync(dir);
  const { status, stderr } = run('chattr', ['+i', dir]);
  if (status !== 0) throw new Skip(`no directory can be made immutable here: ${stderr.trim()}`);
  try {
    const app = await startApp({ dir });
    const result = await serve(app);
    await app.end('SIGTERM');
    return { ok: honest(result), ...result };
  } finally {
    run('chattr', ['-i', dir]);
  }
}

/** All descriptors are taken before the first trace: no segment can be opened. Later they are released. */
async function noDescriptor(root) {
  const dir = join(root, 'traces');
  const app = await startApp({ dir }, { wrap: ['prlimit', '--nofile=2048'] });
  // One connection for all: a new one would need a descriptor too.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await app.get('/debug/health', agent);
  const { body: hog } = await app.post('/hog', { leave: 0 }, agent);
  const post = (body) => app.post('/webhook', body, agent);
  let answered = 0;
  for (let n = 0; n < 10; n += 1) if ((await post({ contactId: `c${n}` })).status === 200) answered += 1;
  const { body: health } = await app.get('/debug/health', agent);
  await app.post('/unhog', {}, agent);
  const { ms } = await until(
    () => app.get('/debug/health', agent),
    ({ body }) => !body.reasons.join().includes('until it works again'),
  );
  await post({ contactId: 'after' });
  const { body: after } = await until(
    () => app.get('/debug/traces?contact_id=after', agent),
    ({ body }) => body.count === 1,
  ).then(({ value }) => value);
  await app.end('SIGTERM');
  const journal = readJournal(dir);
  return {
    ok:
      hog.code === 'EMFILE' &&
      answered === 10 &&
      health.status === 'degraded' &&
      after.count === 1 &&
      journal.corrupt === 0,
    answered,
    status: health.status,
    reasons: health.reasons,
    dropped: health.dropped,
    resumed_after_ms: ms,
    told_by_gaps: journal.dropped,
  };
}
