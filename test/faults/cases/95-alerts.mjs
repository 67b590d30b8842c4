import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PostgresServer } from '../../support/postgres.mjs';
import { sleep } from '../support/app.mjs';
import { Skip, withDir } from '../support/place.mjs';

const APP = fileURLToPath(new URL('../alert-app.mjs', import.meta.url));
/** From the end of a trace to its alert. */
const WITHIN_MS = 5_000;

export const cases = [
  {
    name: 'alerts: four processes of one directory, equal errors, one alert',
    run: ({ short }) => withDir((root) => equalErrors(short ? 25 : 250, () => ({ dir: join(root, 'traces') }))),
  },
  {
    name: 'alerts: four instances of one database, equal errors, one alert',
    run: ({ short }) => {
      if (PostgresServer.missing) throw new Skip(PostgresServer.missing);
      return withDir(async (root) => {
        const server = await PostgresServer.start();
        try {
          const target = { url: server.url, schema: 'traces_of_alerts' };
          return await equalErrors(short ? 25 : 250, (n) => ({ dir: join(root, `traces-${n}`), target }));
        } finally {
          await server.close();
        }
      });
    },
  },
];

/** Four processes record the same error at the same time. All of them are closed in order, so all have evaluated it. */
async function equalErrors(errors, placeOf) {
  const arrived = [];
  const channel = createServer((request, response) => {
    arrived.push(Date.now());
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(channel, 'listening');
  const url = `http://127.0.0.1:${channel.address().port}/alerts`;
  const processes = [1, 2, 3, 4].map((n) => start({ channel: url, errors, instance: `a${n}`, ...placeOf(n) }));
  try {
    const done = await Promise.all(processes.map(({ result }) => result));
    const firstAt = Math.min(...done.map((each) => each.firstAt));
    await sleep(WITHIN_MS);
    const running = arrived.length;
    await Promise.all(processes.map(({ end }) => end()));
    // A trace ends 50 ms after its response at the earliest.
    const afterMs = (arrived[0] ?? Infinity) - firstAt;
    return {
      // The time is a figure and no condition: machines that run this are loaded.
      ok: arrived.length === 1 && running === 1,
      processes: processes.length,
      errors: errors * processes.length,
      alerts: arrived.length,
      alert_after_first_error_ms: afterMs,
    };
  } finally {
    for (const { child } of processes) child.kill('SIGKILL');
    channel.close();
  }
}

function start(settings) {
  const child = spawn(process.execPath, [APP, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const line = once(createInterface({ input: child.stdout }), 'line');
  const result = Promise.race([
    line.then(([text]) => JSON.parse(text)),
    exited.then(([code]) => Promise.reject(new Error(`the application ended with ${code}`))),
  ]);
  return {
    child,
    result,
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
