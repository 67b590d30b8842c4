/**
 * Time from a record that one instance writes to the message that a client of another instance gets, over a shared store:
 * journal, shipping every 250 ms, database, polling every 250 ms, stream. One of ten transactions commits 400 ms late.
 * `npm run bench -- shared-stream [--writers N] [--seconds N]`: one line of JSON on stdout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { priceBook } from '../../dist/libs/trace/src/catalog/pricing/price-book.js';
import { JournalWriter } from '../../dist/libs/trace/src/journal/write/writer.js';
import { keyPrefix } from '../../dist/libs/trace/src/model/trace-key.js';
import { ConsumerHost } from '../../dist/libs/trace/src/pipeline/consumer-host.js';
import { Database } from '../../dist/libs/trace/src/postgres/connection/database.js';
import { PostgresStore } from '../../dist/libs/trace/src/postgres/postgres-store.js';
import { PostgresSchema } from '../../dist/libs/trace/src/postgres/schema/migrate.js';
import { PostgresShipTarget } from '../../dist/libs/trace/src/postgres/ship/ship-target.js';
import { StreamHub } from '../../dist/libs/trace/src/query/stream/stream-hub.js';
import { ShipConsumer } from '../../dist/libs/trace/src/shared/ship/ship-consumer.js';
import { postgres } from '../../dist/libs/trace/src/store/shared-target.js';
import { PostgresServer } from '../support/postgres.mjs';
import { cpuMs, quantile, rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: { writers: { type: 'string', default: '4' }, seconds: { type: 'string', default: '15' } },
});

const root = mkdtempSync(join(tmpdir(), 'shared-stream-'));
const server = await PostgresServer.start();
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await server.close();
  rmSync(root, { recursive: true, force: true });
}

async function measure() {
  const target = postgres({ url: server.url });
  const db = new Database(target);
  await new PostgresSchema(db).migrate();
  await db.run(`CREATE FUNCTION nestjs_traces.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.batch % 10 = 3 THEN PERFORM pg_sleep(0.4); END IF; RETURN NEW; END $$`);
  await db.run(`CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON nestjs_traces.batches DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION nestjs_traces.hold()`);
  const writers = Array.from({ length: Number(flags.writers) }, (_each, n) => instance(target, `w${n}`));
  const store = new PostgresStore(target);
  const hub = new StreamHub({ feed: store.feed, getMany: (ids) => store.getMany(ids) });
  let got = 0;
  const taken = [];
  const seen = new Set();
  const stop = new AbortController();
  const ready = Promise.withResolvers?.() ?? withResolvers();
  const following = (async () => {
    for await (const message of hub.subscribe({ signal: stop.signal, onReady: () => ready.resolve() })) {
      const at = /"sent":(\d+),"id":"([^"]+)"/.exec(JSON.stringify(message.data).replaceAll('\\', ''));
      if (!at) continue;
      got += 1;
      seen.add(at[2]);
      taken.push(Date.now() - Number(at[1]));
    }
  })();
  await ready.promise;
  const cpu = cpuMs();
  let sent = 0;
  const end = Date.now() + Number(flags.seconds) * 1000;
  while (Date.now() < end) {
    for (const writer of writers) sent += writer.write();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const used = cpuMs() - cpu;
  for (const until = Date.now() + 20_000; got < sent && Date.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop.abort();
  await following;
  for (const writer of writers) await writer.close();
  await store.close();
  await db.close();
  taken.sort((a, b) => a - b);
  return {
    bench: 'shared-stream',
    writers: writers.length,
    sent,
    got,
    distinct: seen.size,
    p50: quantile(taken, 0.5),
    p95: quantile(taken, 0.95),
    max: taken.at(-1),
    cpu_us_per_event: rounded((used * 1000) / sent, 0),
  };
}

function instance(target, name) {
  const dir = join(root, name);
  const writer = new JournalWriter({ dir });
  const ships = new PostgresShipTarget(new Database(target));
  const sourceOf = ({ id }) => ({ writer: id, instance: name, host: name, pid: 1, version: '0', isOwn: true });
  const consumer = new ShipConsumer({ dir, target: ships, sourceOf, prices: priceBook(undefined) });
  const host = new ConsumerHost({ dir, consumers: [consumer], writer });
  let n = 0;
  return {
    write() {
      n += 1;
      const trace = `${keyPrefix(writer.writer)}-${n}`;
      const sent = Date.now();
      const ts = sent * 1000;
      writer.append({ kind: 'open', trace, id: `u_${name}_${n}`, traceparent: '', ts });
      writer.append({ kind: 'identify', trace, id: `${name}_${n}`, contact: name, message: 'hola', ts });
      for (let event = 1; event <= 3; event += 1) {
        const data = JSON.stringify({ sent, id: `${name}.${n}.${event}` });
        writer.append({ kind: 'event', trace, type: 'note', data, ts: ts + event });
      }
      writer.append({ kind: 'end', trace, status: 'completed', ts: ts + 9 });
      return 3;
    },
    async close() {
      await host.close();
      writer.close();
      await ships.close();
    },
  };
}

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
