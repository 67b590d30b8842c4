import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshTables } from '../../../../../test/support/postgres-traces.js';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { sourceOf } from '../../../../../test/support/shared-contract.js';
import { priceBook } from '../../catalog/pricing/price-book.js';
import { JournalWriter } from '../../journal/write/writer.js';
import type { JsonText } from '../../model/record.js';
import { keyPrefix } from '../../model/trace-key.js';
import type { FeedPosition } from '../../model/trace.js';
import { ConsumerHost } from '../../pipeline/consumer-host.js';
import { StreamHub } from '../../query/stream/stream-hub.js';
import { ShipConsumer } from '../../shared/ship/ship-consumer.js';
import type { PostgresTarget } from '../../store/shared-target.js';
import { Database } from '../connection/database.js';
import { PostgresStore } from '../postgres-store.js';
import { PostgresShipTarget } from '../ship/ship-target.js';

const missing = PostgresServer.missing;

(missing ? describe.skip : describe)(`the stream of another instance${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let root: string;
  let target: PostgresTarget;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'live-'));
    const db = await freshTables(server);
    target = db.target;
    await db.close();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    rmSync(root, { recursive: true, force: true });
  });

  /** An application that records and ships. `stop` ends it in order, `kill` leaves what it has not shipped. */
  function instance(name: string): { write(n: number): void; stop(): Promise<void>; writer: JournalWriter } {
    const dir = join(root, name);
    const writer = new JournalWriter({ dir });
    const ships = new PostgresShipTarget(new Database(target));
    const consumer = new ShipConsumer({ dir, target: ships, sourceOf, prices: priceBook(undefined) });
    const host = new ConsumerHost({ dir, consumers: [consumer], writer });
    let open = true;
    const stop = async (): Promise<void> => {
      if (!open) return;
      open = false;
      await host.close();
      writer.close();
      await ships.close();
    };
    closers.push(stop);
    return { writer, stop, write: (n) => trace(writer, name, n) };
  }

  /** Follows the stream from a position until `wanted`, as a client of one process does that connects again after a failure. */
  async function follow(after: FeedPosition, got: string[], wanted: () => boolean): Promise<FeedPosition> {
    const store = new PostgresStore(target);
    const hub = new StreamHub({ feed: store.feed, getMany: (ids) => store.getMany(ids) });
    let position = after;
    try {
      while (!wanted()) {
        try {
          for await (const message of hub.subscribe({ after: position })) {
            position = message.id;
            if (message.type === 'trace.event') got.push(textOf(message.data));
            if (wanted()) break;
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    } finally {
      await store.close();
    }
    return position;
  }

  it('has each event once and in order, over restarts of readers, writers and the database, and late commits', async () => {
    // One of eight transactions ends 200 ms after it has done everything.
    const db = new Database(target);
    closers.push(() => db.close());
    await db.run(`CREATE FUNCTION nestjs_traces.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.batch % 8 = 3 THEN PERFORM pg_sleep(0.2); END IF; RETURN NEW; END $$`);
    await db.run(`CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON nestjs_traces.batches DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION nestjs_traces.hold()`);
    const first = new PostgresStore(target);
    let position = await first.feed.head();
    await first.close();

    const written: string[] = [];
    const names = ['ana', 'beto', 'carla'];
    let instances = names.map(instance);
    let n = 0;
    const timer = setInterval(() => {
      if (instances.length < 3 || n >= 240) return;
      n += 1;
      instances.forEach(({ write }, i) => {
        write(n);
        for (let event = 1; event <= 3; event += 1) written.push(`${names[i]} ${n}.${event}`);
      });
    }, 10);
    closers.push(() => clearInterval(timer));

    const got: string[] = [];
    const reach = async (count: number): Promise<void> => {
      position = await follow(position, got, () => got.length >= count);
    };
    await reach(200);
    await reach(400);
    // The writers restart: each goes on as another process of its directory.
    const before = instances;
    instances = [];
    await Promise.all(before.map(({ stop }) => stop()));
    instances = names.map(instance);
    await reach(700);
    // The database breaks down while a reader follows and the writers write on.
    const following = reach(1_300);
    await server.stop('immediate');
    await server.run();
    await following;
    await reach(240 * 9);
    expect(got.length).toBe(written.length);
    expect(new Set(got)).toEqual(new Set(written));
    for (const name of names) {
      const own = (all: readonly string[]): string[] => all.filter((text) => text.startsWith(name));
      expect(own(got)).toEqual(own(written));
    }
  }, 60_000);

  it('brings an event to another instance', async () => {
    const store = new PostgresStore(target);
    closers.push(() => store.close());
    const hub = new StreamHub({ feed: store.feed, getMany: (ids) => store.getMany(ids) });
    let ready!: () => void;
    const isReady = new Promise<void>((resolve) => (ready = resolve));
    const messages = hub.subscribe({ onReady: ready })[Symbol.asyncIterator]();
    const next = messages.next();
    await isReady;
    instance('ana').write(1);
    expect(await next).toMatchObject({ value: { type: 'trace.started' } });
    expect(await messages.next()).toMatchObject({ value: { type: 'trace.event' } });
    await messages.return!();
  });
});

function trace(writer: JournalWriter, name: string, n: number): void {
  const key = `${keyPrefix(writer.writer)}-${n}`;
  const ts = Date.now() * 1000;
  writer.append({ kind: 'open', trace: key, id: `unknown_${name}_${n}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace: key, id: `${name}_${n}`, contact: name, message: 'hola', ts });
  for (let event = 1; event <= 3; event += 1) {
    const data = JSON.stringify({ text: `${name} ${n}.${event}` }) as JsonText;
    writer.append({ kind: 'event', trace: key, type: 'note', data, ts: ts + event });
  }
  writer.append({ kind: 'end', trace: key, status: 'completed', ts: ts + 9 });
}

function textOf(data: unknown): string {
  return /"text":"([^"]*)"/.exec(JSON.stringify(data))?.[1] ?? JSON.stringify(data);
}
