import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from './support/postgres.mjs';
import { ShipClient } from '../dist/libs/trace/src/ship-worker/client.js';
import { JournalWriter } from '../dist/libs/trace/src/journal/write/writer.js';
import { postgres } from '../dist/libs/trace/src/store/shared-target.js';
import { keyPrefix } from '../dist/libs/trace/src/model/trace-key.js';
const t0 = performance.now();
const log = (...a) => console.log(Math.round(performance.now() - t0), ...a);
const server = await PostgresServer.start();
const dir = mkdtempSync(join(tmpdir(), 'scr-'));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
try {
  const writer = new JournalWriter({ dir });
  const retention = { maxAgeMs: 7 * 86400e3, errorMaxAgeMs: 30 * 86400e3, maxBytes: undefined };
  const ship = new ShipClient({ writer, dir, target: postgres({ url: server.url }), instance: 'i1', retention });
  await sleep(800);
  log('idle', ship.state);
  const prefix = keyPrefix(writer.writer);
  const now = () => Date.now() * 1000;
  let n = 0;
  const trace = () => {
    const t = `${prefix}-${(n += 1)}`;
    writer.append({ kind: 'open', trace: t, id: `x_${n}`, traceparent: '', method: 'POST', path: '/w', ts: now() });
    writer.append({ kind: 'identify', trace: t, id: `c_${n}`, contact: 'c', message: 'hola', ts: now() });
    for (let i = 0; i < 10; i += 1) writer.append({ kind: 'event', trace: t, type: 'step', data: JSON.stringify({ i, x: 'y'.repeat(1500) }), ts: now() });
    writer.append({ kind: 'end', trace: t, status: 'completed', ts: now() });
  };
  for (let i = 0; i < 5; i += 1) {
    trace();
    const s = performance.now();
    const ok = await ship.flush(2000);
    log('flush', ok, Math.round(performance.now() - s), 'ms');
  }
  log(await server.query('select count(*), sum(records) from nestjs_traces.chunks'), await server.query('select writer, instance, segment, pos, batch, closed, lag_bytes from nestjs_traces.sources'));
  await server.stop('immediate');
  const down = performance.now();
  for (let i = 0; i < 3000; i += 1) trace();
  while (ship.state.connected) await sleep(20);
  log('down seen after', Math.round(performance.now() - down), ship.state);
  log('flush while down', await ship.flush(300));
  await sleep(6000);
  log(ship.state);
  await server.run();
  const up = performance.now();
  while (!ship.state.connected) await sleep(20);
  log('up seen after', Math.round(performance.now() - up));
  while (!(await ship.flush(300))) await sleep(20);
  log('caught up after', Math.round(performance.now() - up), ship.state);
  trace();
  writer.close();
  const c = performance.now();
  await ship.close(5000);
  log('close', Math.round(performance.now() - c), ship.state);
  log(await server.query('select count(*), sum(records) from nestjs_traces.chunks'), await server.query('select count(*), min(status), max(status) from nestjs_traces.heads'), await server.query('select writer, instance, segment, pos, batch, closed, lag_bytes from nestjs_traces.sources'));
  const lines = readdirSync(join(dir, 'journal')).flatMap((f) => readFileSync(join(dir, 'journal', f), 'utf8').split('\n')).filter((l) => l.includes('"trace":'));
  log('lines', lines.length);
} finally {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
}
