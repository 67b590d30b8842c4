import { join } from 'node:path';
import { openSqlite } from '../../libs/trace/src/catalog/db/sqlite/sqlite.js';
import { LEVELS } from '../../libs/trace/src/catalog/tables/rollups/rollup-range.js';
import { decodeTerms } from '../../libs/trace/src/catalog/tables/trace-terms.js';
import type { MaintainedCatalog } from '../../libs/trace/src/catalog-worker/maintained-catalog.js';
import type { Micros } from '../../libs/trace/src/model/record.js';
import type { TraceHead } from '../../libs/trace/src/model/trace.js';
import { Database, type Sql } from '../../libs/trace/src/postgres/connection/database.js';
import { headValues, INSERTED_COLUMNS } from '../../libs/trace/src/postgres/heads/head-row.js';
import { ensureSchema } from '../../libs/trace/src/postgres/schema/migrate.js';
import { ensureDays } from '../../libs/trace/src/postgres/schema/partitions.js';
import type { NamedUse, ShippedTrace } from '../../libs/trace/src/shared/ship-target.js';
import { postgres } from '../../libs/trace/src/store/shared-target.js';
import type { PostgresServer } from './postgres.mjs';

let schemas = 0;

/** A database with tables of its own in the server. */
export async function freshTables(server: PostgresServer): Promise<Database> {
  schemas += 1;
  const db = new Database(
    postgres({ url: server.url, schema: `traces_${process.pid}_${schemas}`, search: 'scan', maxConnections: 20 }),
  );
  await ensureSchema(db, 'write');
  return db;
}

/** Registers a process. */
export async function addSource(sql: Sql, name: string, { silent = false, closed = false } = {}): Promise<number> {
  const [row] = await sql.rows<{ source: number }>(
    `INSERT INTO nestjs_traces.sources (writer, instance, host, pid, program, closed, seen_at)
      VALUES ($1, $1, 'host', 1, '0.1.0', $2, now() - CASE WHEN $3 THEN interval '1 hour' ELSE '0' END) RETURNING source`,
    [name, closed, silent],
  );
  return row!.source;
}

const COLUMNS = INSERTED_COLUMNS.length;

/** Stores traces as they are now, as shipping does it. */
export async function putTraces(sql: Sql, source: number, traces: readonly ShippedTrace[]): Promise<void> {
  for (let n = 0; n < traces.length; n += 200) {
    const some = traces.slice(n, n + 200);
    const rows = some.map(
      (_, row) => `(${INSERTED_COLUMNS.map((_name, i) => `$${row * COLUMNS + i + 1}`).join(', ')})`,
    );
    await sql.run(
      `INSERT INTO nestjs_traces.heads (${INSERTED_COLUMNS.join(', ')}) VALUES ${rows.join(', ')}
        ON CONFLICT (key, started_us) DO UPDATE SET ${INSERTED_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      some.flatMap((trace) => headValues(trace, source)),
    );
  }
}

/** Days of these times, for `putTraces`. */
export function makeDays(db: Database, times: readonly Micros[]): Promise<void> {
  return ensureDays(db, [...new Set(times.map((at) => Math.floor(at / LEVELS[2]) * LEVELS[2]))]);
}

/** All traces of a directory's index, as they would be shipped. */
export function shippedOf(dir: string, catalog: MaintainedCatalog): ShippedTrace[] {
  const uses = usesByKey(dir);
  return headsOf(catalog).map((head) => ({
    head,
    version: 1,
    tags: [],
    search: '',
    uses: uses.get(head.key) ?? [],
  }));
}

function headsOf(catalog: MaintainedCatalog): TraceHead[] {
  const heads: TraceHead[] = [];
  for (let before: string | undefined; ;) {
    const page = catalog.queries.list({}, 500, before);
    heads.push(...page.heads);
    if (page.next === null) return heads;
    before = page.next;
  }
}

function usesByKey(dir: string): Map<string, NamedUse[]> {
  const db = openSqlite(join(dir, 'catalog.db'), { readOnly: true });
  try {
    const rows = <T>(statement: string): T[] => db.prepare(statement).all() as T[];
    const terms = new Map(
      rows<{ id: number; kind: NamedUse['kind'] | 'tag'; name: string }>('SELECT id, kind, name FROM terms').map(
        (term) => [term.id, term],
      ),
    );
    return new Map(
      rows<{ key: string; terms: string }>('SELECT key, terms FROM traces').map(({ key, terms: text }) => [
        key,
        Array.from(decodeTerms(text)).flatMap(([id, use]): NamedUse[] => {
          const { kind, name } = terms.get(id)!;
          return kind === 'tag' || use.n < 0 ? [] : [{ kind, name, ...use }];
        }),
      ]),
    );
  } finally {
    db.close();
  }
}
