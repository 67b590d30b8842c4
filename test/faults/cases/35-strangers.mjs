import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { acknowledged, call, recordedIds, startApp, until } from '../support/app.mjs';
import { readTraces } from '../support/journal.mjs';
import { needs, run, Skip, withDir, withDisk } from '../support/place.mjs';

const NOBODY = 65_534;

export const cases = [
  { name: 'private files: umask 000', run: () => withDir((root) => modes(root, '000')) },
  { name: 'private files: umask 777', run: () => withDir((root) => modes(root, '777')) },
  { name: 'links in the place of files', run: () => withDir(links) },
  { name: 'disk is read-only at the start, then writable', each: true, run: () => withDisk(8, remounted) },
  { name: 'directory is not writable at the start, then writable', run: () => withDir(chmodded) },
  { name: 'disk fails during the run and is mounted again', each: true, run: () => withDir(failedDisk) },
  ...['removed', 'renamed', 'truncated', 'replaced', 'refilled', 'all removed'].map((how) => ({
    name: `journal under strangers' hands: ${how}`,
    each: true,
    run: () => withDir((root) => touched(root, how)),
  })),
  { name: 'two file descriptors to spare before the index starts', run: () => withDir((root) => spare(root, 2)) },
  { name: 'twenty file descriptors to spare before the index starts', run: () => withDir((root) => spare(root, 20)) },
  { name: 'seventy file descriptors to spare, enough for the index', run: () => withDir((root) => spare(root, 70)) },
];

const post = (app, contactId, agent) => app.post('/webhook', { contactId, body: 'hola' }, agent);
const pin = (app, id) => call(new Agent(), `${app.url}/debug/traces/${id}/pin`, {}, 'PUT');
const reasonsOf = async (app) => (await app.get('/debug/health')).body.reasons.join(' ');

function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Every file of a directory that others created and may enter, after every operation that creates files: mode 600. */
async function modes(root, umask) {
  const dir = join(root, 'traces');
  mkdirSync(dir);
  chmodSync(dir, 0o755);
  const app = await startApp({ dir }, { wrap: ['sh', '-c', `umask ${umask}; exec "$0" "$@"`] });
  for (let n = 0; n < 5; n += 1) await post(app, `c${n}`);
  const { body: before } = await until(
    () => app.get('/debug/traces'),
    ({ body }) => body.traces.length === 5 && body.traces.every(({ status }) => status === 'completed'),
  ).then(({ value }) => value);
  const pinned = await pin(app, before.traces[0].trace_id);
  await app.post('/debug/clear');
  const { status } = await app.get('/debug/traces');
  const files = filesBelow(dir);
  const wide = files.filter((file) => (statSync(file).mode & 0o777) !== 0o600);
  await app.end('SIGTERM');
  const names = files.map((file) => file.slice(dir.length + 1));
  const expected = ['catalog.db', 'catalog.db-wal', 'catalog.db-shm', 'pins'].every((name) => names.includes(name));
  return { ok: expected && status === 200 && wide.length === 0, pinned: pinned.status, files: names, wide };
}

/** The target of a link is neither read nor written, and health names the link. */
async function links(root) {
  const dir = join(root, 'traces');
  mkdirSync(join(dir, 'journal'), { recursive: true });
  const outside = join(root, 'outside');
  const text = '+1-1\n';
  const targets = ['pins', 'catalog.db', 'debug-token', 'journal/00000001.ndjson'].map((name) => {
    const target = `${outside}-${name.replace('/', '-')}`;
    writeFileSync(target, text, { mode: 0o644 });
    symlinkSync(target, join(dir, name));
    return target;
  });
  const app = await startApp({ dir });
  for (let n = 0; n < 5; n += 1) await post(app, `c${n}`);
  const { body } = await app.get('/debug/traces');
  const pinned = await pin(app, body.traces[0].trace_id);
  const erased = await app.remove('/debug/contacts/c1');
  const reasons = await reasonsOf(app);
  await app.end('SIGTERM');
  const changed = targets.filter(
    (file) => readFileSync(file, 'utf8') !== text || (statSync(file).mode & 0o777) !== 0o644,
  );
  const unnamed = ['pins', 'catalog.db', '00000001.ndjson'].filter((name) => !reasons.includes(name));
  return {
    ok:
      body.count === 5 &&
      pinned.status === 503 &&
      erased.status === 200 &&
      changed.length === 0 &&
      unnamed.length === 0,
    listed: body.count,
    pin: pinned.status,
    changed,
    unnamed,
    reasons,
  };
}

/** No file can be written, then all can: traces and index continue in the files, without a restart. */
async function recovers(dir, app, heal) {
  for (let n = 0; n < 5; n += 1) await post(app, `before-${n}`);
  const { body: bad } = await app.get('/debug/health');
  heal();
  await until(
    async () => {
      await post(app, 'after');
      return app.get('/debug/health');
    },
    ({ status, body }) => status === 200 && !/cannot be (written|kept)/.test(body.reasons.join(' ')),
  );
  const { value: list } = await until(
    () => app.get('/debug/traces?contact_id=after&limit=500'),
    ({ body }) => body.count > 0,
  );
  const { body: good } = await app.get('/debug/health');
  await app.end('SIGTERM');
  const inFile = existsSync(join(dir, 'catalog.db'));
  const { traces } = await readTraces(dir);
  return {
    ok:
      bad.status === 'degraded' && list.status === 200 && inFile && traces > 0 && Object.keys(good.dropped).length > 0,
    reasons_before: bad.reasons,
    reasons_after: good.reasons,
    traces,
  };
}

async function remounted(disk) {
  const dir = join(disk, 'traces');
  const earlier = await startApp({ dir });
  await post(earlier, 'earlier');
  await earlier.get('/debug/traces');
  await earlier.end('SIGKILL');
  const remount = (how) => {
    const { status, stderr } = run('mount', ['-o', `remount,${how}`, disk]);
    if (status !== 0) throw new Skip(stderr.trim());
  };
  remount('ro');
  const app = await startApp({ dir });
  return recovers(dir, app, () => remount('rw'));
}

async function chmodded(root) {
  if (process.getuid() !== 0) throw new Skip('only root can start a program as another user');
  chmodSync(root, 0o755);
  const dir = join(root, 'traces');
  mkdirSync(dir, { mode: 0o755 });
  const app = await startApp({ dir }, { uid: NOBODY });
  return recovers(dir, app, () => chmodSync(dir, 0o777));
}

/** A file system that aborts refuses all writes; a good copy is mounted in its place. */
async function failedDisk(root) {
  needs('mkfs.ext4');
  const disk = join(root, 'disk');
  const image = join(root, 'image');
  mkdirSync(disk);
  writeFileSync(image, '');
  truncateSync(image, 24 * 1024 * 1024);
  const must = (command, ...args) => {
    const { status, stderr } = run(command, args);
    if (status !== 0) throw new Skip(`${command}: ${stderr.trim()}`);
  };
  must('mkfs.ext4', '-q', image);
  must('mount', '-o', 'loop', image, disk);
  const dir = join(disk, 'traces');
  const app = await startApp({ dir });
  try {
    await post(app, 'earlier');
    await app.get('/debug/traces');
    run('sync', ['-f', disk]);
    must('mount', '-o', 'remount,abort', disk);
    return await recovers(dir, app, () => {
      must('umount', '-l', disk);
      must('cp', image, `${image}-2`);
      run('e2fsck', ['-fy', `${image}-2`]);
      must('mount', '-o', 'loop', `${image}-2`, disk);
    });
  } finally {
    app.child.kill('SIGKILL');
    while (run('umount', ['-l', disk]).status === 0);
  }
}

/** Another program changes the segment that is being written. All later records are there. */
async function touched(root, how) {
  const dir = join(root, 'traces');
  const acks = join(root, 'acks');
  const app = await startApp({ dir, acks });
  const agent = new Agent({ keepAlive: true });
  for (let n = 0; n < 10; n += 1) await post(app, `before-${n}`, agent);
  await until(
    () => app.get('/debug/active'),
    ({ body }) => body.count === 0,
  );
  const journal = join(dir, 'journal');
  const [name] = readdirSync(journal).sort();
  const path = join(journal, name);
  const bytes = readFileSync(path);
  const earlier = new Set(recordedIds(acks));
  const HANDS = {
    removed: () => rmSync(path),
    renamed: () => renameSync(path, join(journal, 'old.log')),
    truncated: () => truncateSync(path, 0),
    replaced: () => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, '');
    },
    // As long as before, with other lines.
    refilled: () => {
      truncateSync(path, 0);
      appendFileSync(path, Buffer.alloc(bytes.length + 100, 'no record\n'));
    },
    'all removed': () => rmSync(dir, { recursive: true }),
  };
  HANDS[how]();
  for (let n = 0; n < 10; n += 1) await post(app, `after-${n}`, agent);
  const { value: health } = await until(
    () => app.get('/debug/health'),
    ({ body }) => body.active_traces === 0 && body.journal.lag === 0,
  );
  const { body: list } = await app.get('/debug/traces?limit=500');
  await app.end('SIGTERM');
  agent.destroy();
  const { steps } = await readTraces(dir);
  const later = acknowledged(acks).filter((id) => !earlier.has(id));
  const lost = later.filter((id) => !steps.has(id)).length;
  const stale = list.traces.filter(({ contact_id: contact }) => contact.startsWith('before')).length;
  const counted = how === 'refilled' || Object.keys(health.body.dropped).some((cause) => cause.startsWith('segment_'));
  return {
    ok: lost === 0 && later.length > 0 && stale === 0 && counted && health.body.status === 'degraded',
    acknowledged_after: later.length,
    lost,
    stale,
    dropped: health.body.dropped,
    reasons: health.body.reasons,
  };
}

/**
 * All descriptors but a few are taken when the first webhook arrives: responses as without the module, later recording
 * continues.
 */
async function spare(root, leave) {
  needs('prlimit');
  const dir = join(root, 'traces');
  const app = await startApp({ dir }, { wrap: ['prlimit', '--nofile=1024'] });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { body: hog } = await app.post('/hog', { leave }, agent);
  let answered = 0;
  for (let n = 0; n < 16; n += 1) {
    // A separate connection for each, like a provider.
    const own = new Agent({ keepAlive: false });
    try {
      if ((await post(app, `c${n}`, own)).status === 200) answered += 1;
    } catch {
      // No response.
    }
    own.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { body: health } = await app.get('/debug/health', agent);
  await app.post('/unhog', {}, agent);
  const { ms } = await until(
    async () => {
      await post(app, 'after', agent);
      return app.get('/debug/traces?contact_id=after', agent);
    },
    ({ status, body }) => status === 200 && body.count > 0,
  );
  await app.end('SIGTERM');
  return {
    ok: hog.code === 'EMFILE' && answered === 16 && health.status === (leave < 64 ? 'degraded' : 'ok'),
    answered,
    reasons: health.reasons,
    dropped: health.dropped,
    resumed_after_ms: ms,
    stderr: app.stderr().slice(-300),
  };
}
