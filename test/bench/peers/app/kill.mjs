import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { marksIn } from './marks.mjs';
import { STEPS } from './steps.mjs';
import { reply, Variant } from './variant.mjs';

/** Files that hold records; an index that can be rebuilt from them does not count. */
const RECORDS = /\.(?:ndjson|log)$/;
/** When nothing more arrives at the collector for this long, all that was on its way has arrived. */
const ARRIVES_MS = 300;

/**
 * Starts a variant, kills it `after` milliseconds of requests at a fixed rate, and counts the acknowledged values that are
 * neither in its files nor at the collector.
 * @throws Error when the variant cannot start or does not answer before it is killed.
 */
export async function countKill(name, { sink, dir, node, adapter, rate, after }) {
  const variant = await Variant.start(name, { sink: `http://127.0.0.1:${sink.port}`, dir, node, adapter });
  const acknowledged = [];
  let killed = false;
  let failure;
  const dead = new Promise((resolve) => {
    variant.child.once('exit', (code, signal) => {
      if (!killed) failure = new Error(`${name} ended with ${code ?? signal} before it was killed`);
      resolve();
    });
  });
  const kill = setTimeout(() => {
    killed = true;
    variant.child.kill('SIGKILL');
  }, after);
  while (!killed && !failure) {
    variant.load.send().then(
      (n) => acknowledged.push(n),
      (error) => {
        if (!killed) failure ??= error;
      },
    );
    await pause(1000 / rate);
  }
  clearTimeout(kill);
  killed = true;
  variant.child.kill('SIGKILL');
  await dead;
  variant.load.close();
  const found = new Set([...(await arrived(sink)), ...written(dir)]);
  if (failure) throw failure;
  return count(acknowledged, found);
}

function count(acknowledged, found) {
  const result = { requests: acknowledged.length, values: 0, values_lost: 0, requests_hit: 0, bodies_lost: 0 };
  for (const n of acknowledged) {
    const marks = STEPS.flatMap((_, i) => [`mk${n}-${i}-in`, `mk${n}-${i}-out`]);
    const lost = marks.filter((mark) => !found.has(mark)).length;
    const bodyLost = !found.has(`mk${n}-body`);
    result.values += marks.length;
    result.values_lost += lost;
    if (bodyLost) result.bodies_lost += 1;
    if (lost > 0 || bodyLost) result.requests_hit += 1;
  }
  return result;
}

/** Marks that the collector has received since the last question, until no more arrive. */
async function arrived(sink) {
  const all = [];
  for (;;) {
    await pause(ARRIVES_MS);
    const answered = reply(sink.child, 'the collector');
    sink.child.send({ ask: 'marks' });
    const { marks } = await answered;
    if (marks.length === 0) return all;
    all.push(...marks);
  }
}

function written(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && RECORDS.test(entry.name))
    .flatMap((entry) => marksIn(readFileSync(join(entry.parentPath, entry.name), 'latin1')));
}
