import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { A_DAY, batchOf, sourceOf, traceOf } from '../../../../../test/support/shipped.js';
import type { TraceHead } from '../../model/trace.js';
import type { ShipSource } from '../../shared/ship-target.js';
import { PostgresShipTarget } from '../ship/ship-target.js';

const RUNS = { status: 'active', endedAt: null } as const;
/** Right after the last record of `traceOf`. */
const DIED_AT = A_DAY + 1 + 11;
const INTERRUPTED = { status: 'interrupted', endedAt: DIED_AT } as const;

describePostgres('the row of a trace', ({ database }) => {
  let to: PostgresShipTarget;
  let owner: ShipSource;
  let ends: Map<string, number>;

  beforeEach(async () => {
    to = new PostgresShipTarget(database());
    owner = sourceOf();
    ends = new Map();
  });

  /** Ships the first trace of the owner in a batch of a source. */
  const ship = async (head: Partial<TraceHead>, version: number, by: ShipSource = owner): Promise<void> => {
    await to.open(by);
    const from = ends.get(by.writer) ?? 0;
    ends.set(by.writer, from + 100);
    // The number of a chunk is the batch's: each source has its own.
    const batch = batchOf(by, [traceOf(owner, 1, head, version)], from);
    const chunks = batch.chunks.map((chunk) => ({ ...chunk, seq: from }));
    expect(await to.ship({ ...batch, chunks })).toBe('taken');
  };
  const row = async (): Promise<Record<string, unknown>> =>
    (
      await to.db.rows<Record<string, unknown>>(
        'SELECT status, ended_us, version, errors, pinned, source FROM nestjs_traces.heads',
      )
    )[0]!;

  it('follows the versions of its own process', async () => {
    await ship(RUNS, 1);
    await ship({ status: 'error', errors: 1 }, 2);
    expect(await row()).toMatchObject({ status: 'error', errors: 1, version: 2, source: 1 });
  });

  it('stays pinned', async () => {
    await ship(RUNS, 1);
    await to.db.run('UPDATE nestjs_traces.heads SET pinned = true');
    await ship({}, 2);
    expect(await row()).toMatchObject({ pinned: true, status: 'completed' });
  });

  it('is interrupted when another process says that its own is gone', async () => {
    await ship(RUNS, 1);
    await ship(INTERRUPTED, 1, sourceOf());
    expect(await row()).toMatchObject({ status: 'interrupted', ended_us: DIED_AT, version: 1, source: 1 });
  });

  it('is not ended by a process that had not seen its last records', async () => {
    await ship(RUNS, 1);
    await ship({ ...RUNS, lastAt: A_DAY + 500 }, 2);
    await ship(INTERRUPTED, 1, sourceOf());
    expect(await row()).toMatchObject({ status: 'active', ended_us: null, version: 2 });
    await ship({}, 3);
    await ship({ ...INTERRUPTED, endedAt: A_DAY + 9_000 }, 2, sourceOf());
    expect(await row()).toMatchObject({ status: 'completed' });
  });

  it('stays interrupted when the last records of a dead process come after that', async () => {
    const left = { ...owner, isOwn: false };
    await ship(RUNS, 1, left);
    await ship({ ...INTERRUPTED, endedAt: A_DAY + 501 }, 1, sourceOf());
    await ship({ ...RUNS, lastAt: A_DAY + 500, errors: 1 }, 2, left);
    expect(await row()).toMatchObject({ status: 'interrupted', ended_us: A_DAY + 501, errors: 1, version: 2 });
  });

  it('goes on with a process that was taken for dead', async () => {
    await ship(RUNS, 1);
    await to.db.run("UPDATE nestjs_traces.heads SET status = 'interrupted', ended_us = last_us + 1");
    await ship({ ...RUNS, errors: 1 }, 2);
    expect(await row()).toMatchObject({ status: 'active', ended_us: null });
  });

  it('goes on when the shipper had read it as interrupted', async () => {
    await ship(RUNS, 1);
    await to.db.run("UPDATE nestjs_traces.heads SET status = 'interrupted', ended_us = last_us + 1");
    await ship({ ...INTERRUPTED, lastAt: A_DAY + 900 }, 2);
    expect(await row()).toMatchObject({ status: 'active', ended_us: null });
    await ship({ lastAt: A_DAY + 900, endedAt: A_DAY + 950 }, 3);
    expect(await row()).toMatchObject({ status: 'completed', ended_us: A_DAY + 950 });
  });

  it('does not come back when another process ends a trace that retention has deleted', async () => {
    await ship(RUNS, 1);
    await to.db.run('DELETE FROM nestjs_traces.heads');
    await ship(INTERRUPTED, 1, sourceOf());
    expect(await row()).toBeUndefined();
  });

  it('is written by two processes in different orders without a failure', async () => {
    const other = sourceOf();
    const mine = Array.from({ length: 40 }, (_, i) => traceOf(owner, i, RUNS));
    const theirs = Array.from({ length: 40 }, (_, i) => traceOf(other, i, RUNS));
    for (const [source, traces] of [
      [owner, mine],
      [other, theirs],
    ] as const) {
      await to.open(source);
      await to.ship(batchOf(source, traces));
    }
    const gone = (traces: typeof mine): typeof mine =>
      traces
        .toReversed()
        .map((trace) => ({ ...trace, head: { ...trace.head, status: 'interrupted', endedAt: A_DAY + 9_999 } }));
    const next = (traces: typeof mine): typeof mine => traces.map((trace) => ({ ...trace, version: 1_000 }));
    const batches = [
      batchOf(owner, [...gone(theirs), ...next(mine)], 100),
      batchOf(other, [...gone(mine), ...next(theirs)], 100),
    ];
    const shifted = batches.map((batch) => ({ ...batch, chunks: [] }));
    expect(await Promise.all(shifted.map((batch) => to.ship(batch)))).toEqual(['taken', 'taken']);
  });
});
