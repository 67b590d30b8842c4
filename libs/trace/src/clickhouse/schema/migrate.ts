import { TraceCollectorError } from '../../model/errors.js';
import type { SchemaStatus, SchemaTools } from '../../shared/schema-tools.js';
import type { ClickHouse } from '../connection/click-house.js';
import { SCHEMA, SCHEMA_VERSION } from './schema.sql.js';

interface Meta {
  version: number;
  min_reader: number;
  min_writer: number;
}

const VERSION_TABLE = `SELECT count() AS n FROM system.tables WHERE database = 'nestjs_traces' AND name = 'meta'`;
const VERSION = `SELECT version, min_reader, min_writer FROM nestjs_traces.meta ORDER BY version DESC LIMIT 1`;
const PARTS = `
SELECT toInt64(sum(bytes_on_disk)) AS bytes, arraySort(groupUniqArrayIf(partition, table IN ('heads', 'chunks'))) AS days
FROM system.parts WHERE active AND database = 'nestjs_traces'`;

/** Checked databases of this process, by what they are used for. */
const checked = new WeakMap<ClickHouse, Map<'read' | 'write', Promise<void>>>();

/**
 * Checks that this program may read, or write, the tables; with `manage: 'auto'` it creates and migrates them before. Asks
 * the database once per process and again after a failure.
 */
export function ensureSchema(db: ClickHouse, use: 'read' | 'write'): Promise<void> {
  const uses = checked.get(db) ?? new Map<'read' | 'write', Promise<void>>();
  checked.set(db, uses);
  let done = uses.get(use);
  if (!done) {
    done = check(db, use);
    uses.set(use, done);
    done.catch(() => uses.delete(use));
  }
  return done;
}

async function check(db: ClickHouse, use: 'read' | 'write'): Promise<void> {
  let meta = await metaOf(db);
  if ((meta?.version ?? 0) < SCHEMA_VERSION && db.target.manage === 'auto') {
    await migrate(db);
    meta = await metaOf(db);
  }
  const refused = refusal(meta, use, db.target.database);
  if (refused) throw refused;
}

async function metaOf(db: ClickHouse): Promise<Meta | undefined> {
  const [table] = await db.rows<{ n: number }>(VERSION_TABLE);
  return table!.n === 0 ? undefined : (await db.rows<Meta>(VERSION))[0];
}

/** Two programs may run this at once: each statement creates what is missing. */
async function migrate(db: ClickHouse): Promise<void> {
  for (const statement of SCHEMA) await db.run(statement);
}

function refusal(meta: Meta | undefined, use: 'read' | 'write', database: string): TraceCollectorError | undefined {
  if (!meta || meta.version < SCHEMA_VERSION) {
    const state = meta ? `are of version ${meta.version}, and this program needs ${SCHEMA_VERSION}` : 'do not exist';
    return new TraceCollectorError(
      'SCHEMA_OUTDATED',
      `The tables in the ClickHouse database ${database} ${state}. Run \`npx nestjs-trace-collector db migrate --store URL\`, or set the option \`manage: 'auto'\`.`,
    );
  }
  const needed = use === 'read' ? meta.min_reader : meta.min_writer;
  if (needed <= SCHEMA_VERSION) return undefined;
  return new TraceCollectorError(
    'SCHEMA_NEWER',
    `The tables in the ClickHouse database ${database} are of version ${meta.version}: to ${use} them, a program of version ${needed} is needed, and this one is of ${SCHEMA_VERSION}. Update nestjs-trace-collector.`,
  );
}

/** Creates and migrates the tables. */
export class ClickHouseSchema implements SchemaTools {
  constructor(readonly db: ClickHouse) {}

  async status(): Promise<SchemaStatus> {
    const { database } = this.db.target;
    const [server] = await this.db.rows<{ version: string }>('SELECT version() AS version');
    const meta = await metaOf(this.db);
    const [parts] = await this.db.rows<{ bytes: number; days: string[] }>(PARTS);
    const refused = refusal(meta, 'write', database)?.message;
    return {
      kind: 'clickhouse',
      server: `ClickHouse ${server!.version}`,
      name: database,
      version: meta?.version ?? null,
      wanted: SCHEMA_VERSION,
      ...(refused !== undefined && { refused }),
      bytes: parts?.bytes ?? 0,
      days: (parts?.days ?? []).map(dayOf).sort(),
    };
  }

  async migrate(): Promise<{ from: number | null; to: number }> {
    const before = await metaOf(this.db);
    if ((before?.version ?? 0) < SCHEMA_VERSION) await migrate(this.db);
    const after = await metaOf(this.db);
    return { from: before?.version ?? null, to: after?.version ?? SCHEMA_VERSION };
  }

  script(): string {
    return SCHEMA.map((statement) => `${this.db.text(statement.trim())};\n`).join('\n');
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

/** `2026-12-01` for the number of a day. */
function dayOf(partition: string): string {
  return new Date(Number(partition) * 86_400_000).toISOString().slice(0, 10);
}
