import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PostgresServer } from '../../support/postgres.mjs';
import { recordedIds, sleep, until } from '../support/app.mjs';
import { durability } from '../support/durability.mjs';
import { HERE, withNetworks } from '../support/networks.mjs';
import { Skip, withDir } from '../support/place.mjs';

const APP = fileURLToPath(new URL('../cluster-app.mjs', import.meta.url));
const SCHEMA = 'traces_of_cluster';
/** The instance that is cut off, and the one that is killed for good. */
const CUT = 1;
const KILLED = 2;

export const cases = [
  {
    name: 'a cluster: one instance cut off, one killed for good',
    each: true,
    run: ({ short }) => partition(short ? 8 : 60),
  },
  { name: 'a cluster: a contact is erased everywhere', run: ({ short }) => eraseEverywhere(short ? 100 : 1_000) },
];

/** Four instances under load, each in a network of its own. */
function partition(seconds) {
  return withCluster({ perSecond: 25 }, async ({ server, instances, networks, root }) => {
    await sleep(4_000);
    networks[CUT].cut();
    const dead = instances[KILLED];
    await dead.end('SIGKILL');
    const before = await storedIds(server, dead.name);
    await sleep((seconds * 1_000) / 2);
    const alone = await instances[CUT].ask('/debug/traces?limit=5');
    const others = await instances[0].ask('/debug/traces?limit=5');
    await sleep((seconds * 1_000) / 2);
    networks[CUT].join();
    const rejoined = performance.now();
    const alive = instances.filter((each) => each !== dead);
    await Promise.all(alive.map((each) => each.stopSending()));
    const health = (each) => each.ask('/debug/health').then(({ body }) => body.shared);
    await until(
      () => Promise.all(alive.map(health)),
      (all) => all.every((shared) => shared?.connected && shared.lag_bytes === 0),
      60_000,
    );
    const caughtUpMs = Math.round(performance.now() - rejoined);
    let lost = 0;
    let sent = 0;
    for (const { name, acks } of alive) {
      const ids = recordedIds(acks);
      const stored = new Set(await storedIds(server, name));
      sent += ids.length;
      lost += ids.filter((id) => !stored.has(id)).length;
    }
    const after = new Set(await storedIds(server, dead.name));
    const taken = before.filter((id) => !after.has(id)).length;
    const twice = await server.query(
      `SELECT count(*)::int AS n FROM (SELECT trace_id FROM ${SCHEMA}.heads GROUP BY trace_id HAVING count(*) > 1) t`,
    );
    // A process that was silent for a minute: what it had open is interrupted, for every other instance.
    const shown =
      seconds < 60 ? undefined : await instances[0].ask(`/debug/traces?status=active&instance=${dead.name}`);
    return {
      ok:
        lost + taken + twice[0].n === 0 &&
        before.length > 0 &&
        alone.status === 200 &&
        typeof alone.body.degraded === 'string' &&
        others.body.degraded === undefined &&
        (shown === undefined || shown.body.count === 0),
      seconds_cut_off: seconds,
      webhooks_answered: sent,
      lost,
      lost_of_the_killed: taken,
      twice: twice[0].n,
      caught_up_ms: caughtUpMs,
      degraded: alone.body.degraded,
      active_of_the_killed: shown?.body.count,
      files: readdirSync(root).length,
    };
  });
}

/** One contact with many traces on all instances: gone everywhere, and after the scrub in no file. */
function eraseEverywhere(traces) {
  return withCluster({ perSecond: 5 }, async ({ server, instances, root }) => {
    const contact = 'contact-4615-erased';
    await Promise.all(instances.map((each) => each.sendFor(contact, traces / instances.length)));
    await Promise.all(instances.map((each) => each.stopSending()));
    await until(
      () => instances[0].ask(`/debug/traces?limit=1&contact_id=${contact}`).then(() => storedCount(server, contact)),
      (count) => count === traces,
    );
    const began = performance.now();
    const answer = await instances[0].ask(`/debug/contacts/${contact}?scrub=true`, 'DELETE');
    const answeredMs = Math.round(performance.now() - began);
    const { ms: waitedMs } = await until(
      () => server.query(`SELECT count(DISTINCT source)::int AS n FROM ${SCHEMA}.erasure_acks`),
      ([{ n }]) => n >= instances.length,
    );
    const left = await Promise.all(instances.map((each) => each.ask(`/debug/traces?contact_id=${contact}`)));
    for (const each of instances) await each.end('SIGTERM');
    // What the server has in memory only is not in its files yet.
    await server.query('CHECKPOINT');
    const inDirectories = instances.flatMap(({ dir }) => hits(dir, contact));
    const inData = hits(join(server.data, 'base'), contact);
    return {
      ok:
        answer.status === 200 &&
        answer.body.removed === traces &&
        answeredMs + waitedMs <= 5_000 + (answer.body.scrubbed_ms ?? 30_000) &&
        left.every(({ body }) => body.count === 0) &&
        inDirectories.length + inData.length === 0,
      traces,
      answer: answer.body,
      answered_ms: answeredMs,
      all_acknowledged_ms: answeredMs + waitedMs,
      hits_in_directories: inDirectories,
      hits_in_data_files: inData,
      files: readdirSync(root).length,
    };
  });
}

async function withCluster({ perSecond }, work) {
  if (PostgresServer.missing) throw new Skip(PostgresServer.missing);
  return withNetworks(4, (networks) =>
    withDir(async (root) => {
      const server = await PostgresServer.start({ listen: HERE, pgbouncer: undefined });
      const instances = [];
      try {
        for (const [at, { wrap }] of networks.entries()) {
          const name = `instance-${at + 1}`;
          const settings = { dir: join(root, name), acks: join(root, `${name}.acks`), instance: name, perSecond };
          instances.push(await startInstance({ ...settings, url: server.networkUrl, schema: SCHEMA }, wrap));
        }
        return await work({ server, instances, networks, root });
      } finally {
        for (const { child } of instances) child.kill('SIGKILL');
        await server.close();
      }
    }),
  );
}

async function startInstance(settings, wrap) {
  const passed = JSON.stringify({ ...settings, durability: durability() });
  const [command, ...args] = [...wrap, process.execPath, APP, passed];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'test' } });
  const exited = once(child, 'exit');
  const waiting = new Map();
  let last = 0;
  const answerTo = (id) => new Promise((resolve) => waiting.set(id, resolve));
  const started = answerTo(0);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, ...answer } = JSON.parse(line);
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const tell = async (what, given = {}) => {
    last += 1;
    const answer = answerTo(last);
    child.stdin.write(`${JSON.stringify({ id: last, what, ...given })}\n`);
    const done = await answer;
    if (done.error) throw new Error(`${settings.instance}: ${what}: ${done.error}`);
    return done;
  };
  await started;
  return {
    child,
    name: settings.instance,
    dir: settings.dir,
    acks: settings.acks,
    ask: (path, method) => tell('ask', { path, method }),
    sendFor: (contactId, count) => tell('sendFor', { contactId, count }),
    stopSending: () => tell('stopSending'),
    async end(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

async function storedIds(server, instance) {
  const rows = await server.query(
    `SELECT h.trace_id FROM ${SCHEMA}.heads h JOIN ${SCHEMA}.sources s USING (source) WHERE s.instance = $1`,
    [instance],
  );
  return rows.map((row) => row.trace_id);
}

async function storedCount(server, contact) {
  const [row] = await server.query(`SELECT count(*)::int AS n FROM ${SCHEMA}.heads WHERE contact_id = $1`, [contact]);
  return row.n;
}

/** Files below a folder that contain the text. */
function hits(folder, text) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}
