import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { RANDOM_TEXTS, randomConditions, randomTraces } from '../../../../../test/support/random-traces.js';
import { openShared, shipRecords, type SharedSubject } from '../../../../../test/support/shared-contract.js';
import { keyPrefix } from '../../model/trace-key.js';
import { nextTurn, wallNow } from '../../model/timers.js';
import type { TextSearch, TraceSearch } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { TraceStore } from '../../store/port.js';
import { postgres } from '../../store/shared-target.js';
import { Database } from '../connection/database.js';
import { PostgresReader } from './reader.js';

const { missing } = PostgresServer;
const TRACES = 2_000;
/** So that a search reads all there is, on any machine. */
const FOR_EVER = 1e9;

(missing ? describe.skip : describe)(`2,000 random traces in both stores${missing ? `: ${missing}` : ''}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'like-embedded-'));
  const start = (Math.floor(wallNow() / 86_400_000) - 5) * 86_400_000_000;
  let server: PostgresServer;
  let embedded: OpenStore;
  let shared: SharedSubject;
  let trigram: Database;
  let scan: Database;

  beforeAll(async () => {
    server = await PostgresServer.start();
    embedded = openStore({ dir });
    const target = postgres({ url: server.url });
    shared = openShared(target);
    trigram = new Database(target);
    scan = new Database({ ...target, search: 'scan' });
    const { writer } = embedded.sink;
    const drafts = randomTraces(5, TRACES, keyPrefix(writer), start);
    for (const draft of drafts) expect(embedded.sink.append(draft)).toBe(true);
    // On a busy machine, its index answers before it has all.
    while ((await embedded.health()).journal.lag > 0) await nextTurn();
    await shipRecords(shared.consumer, { ...writer, host: 'here', pid: 1 }, drafts);
  }, 120_000);

  afterAll(async () => {
    await embedded?.close();
    await shared?.close();
    await trigram?.close();
    await scan?.close();
    await server?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const seen = ({ heads, cursors, next, partial }: TracePage) => ({
    ids: heads.map(({ traceId, status }) => `${traceId} ${status}`),
    cursors,
    next,
    partial,
  });

  it('have the same traces', async () => {
    const ids = (await embedded.list({ limit: 500 })).heads.map(({ traceId }) => traceId);
    const without = ({ head, records }: StoredTrace) => ({ head: { ...head, instance: undefined }, records });
    const [expected, found] = [await embedded.getMany(ids), await shared.getMany(ids)];
    expect(found.map(without)).toEqual(expected);
  });

  it('are on the same pages for every filter', async () => {
    for (const conditions of randomConditions(7, 120, start)) {
      const search = { ...conditions, limit: 20 };
      const expected = await embedded.list(search);
      expect({ conditions, page: seen(await shared.list(search)) }).toEqual({ conditions, page: seen(expected) });
      if (expected.next === null) continue;
      const second = { ...search, before: expected.next };
      expect({ conditions, page: seen(await shared.list(second)) }).toEqual({
        conditions,
        page: seen(await embedded.list(second)),
      });
    }
  });

  it('are on the same pages by duration and by cost', async () => {
    const keys = async (
      store: TraceStore,
      search: TraceSearch,
      before?: string,
    ): Promise<[string[], string | null]> => {
      const { heads, next, partial } = await store.list({ ...search, before });
      expect(partial).toBeUndefined();
      return [heads.map(({ traceId }) => traceId), next];
    };
    for (const [i, conditions] of [{}, ...randomConditions(9, 30, start)].entries()) {
      const search: TraceSearch = { ...conditions, limit: 40, sort: i % 2 === 0 ? 'duration' : 'cost' };
      const [expected, next] = await keys(embedded, search);
      expect({ search, found: (await keys(shared, search))[0] }).toEqual({ search, found: expected });
      if (next === null) continue;
      // A cursor of one store continues the list of the other.
      const [second] = await keys(shared, search, next);
      expect({ search, second }).toEqual({ search, second: (await keys(embedded, search, next))[0] });
    }
  });

  it('neither skip nor repeat a trace from page to page', async () => {
    for (const conditions of [
      {},
      { tool: 'rare' },
      { withErrors: true },
      { contactId: 'beto' },
      { log: 'warn' } as const,
    ]) {
      const ids: string[] = [];
      for (let before: string | undefined, n = 0; n < 1_000; n += 1) {
        const page = await shared.list({ ...conditions, limit: 250, before });
        ids.push(...page.heads.map(({ traceId }) => traceId));
        if (page.next === null) break;
        before = page.next;
      }
      const all: string[] = [];
      for (let before: string | undefined; ;) {
        const page = await embedded.list({ ...conditions, limit: 500, before });
        all.push(...page.heads.map(({ traceId }) => traceId));
        if (page.next === null) break;
        before = page.next;
      }
      expect(ids).toEqual(all);
    }
  });

  it('are found by the same texts, with the index and without', async () => {
    const readers = { trigram: new PostgresReader(trigram, FOR_EVER), scan: new PostgresReader(scan, FOR_EVER) };
    for (const [i, q] of RANDOM_TEXTS.entries()) {
      const more = [{}, { status: 'error' } as const, { tool: 'crm', not: { texts: ['x'] } }][i % 3];
      const search: TextSearch = { q, ...more, limit: 20 };
      const expected = seen(await embedded.search(search));
      for (const [name, reader] of Object.entries(readers)) {
        expect({ name, search, page: seen(await reader.search(search)) }).toEqual({ name, search, page: expected });
      }
    }
  });
});
