import { randomUUID } from 'node:crypto';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { emptyHead } from '../../model/trace.reducer.js';
import type { TraceHead } from '../../model/trace.js';
import { packLines, unpackLines } from '../../shared/chunk.js';
import type { ShipBatch, ShipChunk, ShippedTrace, ShipSource } from '../../shared/ship-target.js';
import { postgres, type PostgresOptions } from '../../store/shared-target.js';
import { Database } from '../connection/database.js';
import { listInstances } from '../instances.js';
import { PostgresShipTarget } from './ship-target.js';

const missing = PostgresServer.missing;
const DAY = Date.UTC(2026, 10, 30) * 1_000;

(missing ? describe.skip : describe)(`shipping into PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let schemas = 0;
  const open: PostgresShipTarget[] = [];

  const target = (options: Partial<PostgresOptions> = {}): PostgresShipTarget => {
    const given = { url: server.url, schema: `ship_${(schemas += 1)}`, ...options };
    const made = new PostgresShipTarget(new Database(postgres(given)));
    open.push(made);
    return made;
  };
  const same = (other: PostgresShipTarget): PostgresShipTarget => target({ schema: other.db.target.schema });

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()));
  });
  afterAll(() => server?.close());

  it('registers a source once, and returns where its records end', async () => {
    const to = target();
    const source = sourceOf();
    expect(await to.open(source)).toEqual({ segment: 0, offset: 0 });
    expect(await to.ship(batchOf(source, [traceOf(source, 1)], { from: [0, 0], to: [1, 500] }))).toBe('taken');
    expect(await to.open(source)).toEqual({ segment: 1, offset: 500 });
    expect(await to.open(sourceOf())).toEqual({ segment: 0, offset: 0 });
  });

  it('stores lines and heads as they were given', async () => {
    const to = target();
    const source = sourceOf();
    await to.open(source);
    const trace = traceOf(source, 1, { status: 'error', errors: 2, tags: { order: 'a,"b"\\{}' } });
    const batch = batchOf(source, [trace]);
    await to.ship(batch);
    expect(await to.traces([trace.head.key, 'unknown'])).toEqual([trace]);
    const [chunk] = await to.db.rows<{ body: Buffer; batch: number }>('SELECT body, batch FROM nestjs_traces.chunks');
    expect(unpackLines(chunk!.body)).toEqual(unpackLines(batch.chunks[0]!.body));
    expect(await to.db.rows('SELECT source, batch, oldest_us, newest_us FROM nestjs_traces.batches')).toEqual([
      { source: 1, batch: 1, oldest_us: DAY + 1, newest_us: DAY + 1 },
    ]);
  });

  it('takes one of two batches that begin at the same place', async () => {
    const to = target();
    const source = sourceOf();
    await to.open(source);
    const others = [to, same(to), same(to)];
    const results = await Promise.all(
      others.map((each, i) => each.ship(batchOf(source, [traceOf(source, i)], { to: [1, 100 + i] }))),
    );
    expect(results.toSorted()).toEqual(['fenced', 'fenced', 'taken']);
    expect(await to.db.rows('SELECT count(*) AS n FROM nestjs_traces.chunks')).toEqual([{ n: 1 }]);
  });

  it('lists the processes with their last sign of life', async () => {
    const to = target();
    const source = sourceOf({ service: 'crm' });
    await to.open(source);
    await to.ship(batchOf(source, [traceOf(source, 1, { status: 'active', endedAt: null })]));
    await to.beat(source, { lagBytes: 7, lostBytes: 8, dropped: { full: 9 } });
    expect(await listInstances(to.db)).toMatchObject([
      {
        instance: 'a',
        service: 'crm',
        state: 'live',
        lagBytes: 7,
        lostBytes: 8,
        dropped: { full: 9 },
        activeTraces: 1,
      },
    ]);
    await to.beat(source, { lagBytes: 0, lostBytes: 8, dropped: {} }, true);
    expect(await listInstances(to.db)).toMatchObject([{ state: 'closed' }]);
    await to.open(source);
    expect(await listInstances(to.db)).toMatchObject([{ state: 'live' }]);
  });
});

function sourceOf(options: Partial<ShipSource> = {}): ShipSource {
  return { writer: randomUUID(), instance: 'a', host: 'h', pid: 1, version: '1', isOwn: true, ...options };
}

function keyOf({ writer }: ShipSource, n: number): string {
  const bits = Number.parseInt(writer.slice(0, 8) + writer.slice(9, 11), 16)
    .toString(36)
    .padStart(8, '0');
  return `1x${bits}-${n}`;
}

function traceOf(
  source: ShipSource,
  n: number,
  head: Partial<TraceHead> = {},
  rest: Partial<ShippedTrace> = {},
): ShippedTrace {
  const startedAt = DAY + n;
  const key = keyOf(source, n);
  return {
    head: {
      ...emptyHead(key),
      traceId: `t_${n}`,
      contactId: `c${n}`,
      status: 'completed',
      startedAt,
      lastAt: startedAt + 10,
      endedAt: startedAt + 20,
      ...head,
    },
    version: n,
    tags: ['agent:sofia', 'tag:a"b\\c,{}'],
    search: 'hello',
    uses: [{ kind: 'agent', name: 'sofia', n: 1, errors: 0, us: 5, took: [1] }],
    ...rest,
  };
}

function chunkOf({ head, version }: ShippedTrace): ShipChunk {
  const body = packLines([Buffer.from(`line of ${head.key}\n`)]);
  return { key: head.key, startedAt: head.startedAt, seq: version, records: 1, body };
}

function batchOf(
  source: ShipSource,
  traces: ShippedTrace[],
  { from = [0, 0], to = [1, 100] }: { from?: [number, number]; to?: [number, number] } = {},
): ShipBatch {
  return {
    source,
    from: { segment: from[0], offset: from[1] },
    to: { segment: to[0], offset: to[1] },
    chunks: traces.map(chunkOf),
    traces,
  };
}
