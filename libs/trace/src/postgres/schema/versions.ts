import { TraceCollectorError } from '../../model/errors.js';
import { shownTarget, type PostgresTarget } from '../../store/shared-target.js';
import type { Sql } from '../connection/database.js';
import { isMissingTable } from '../connection/pg-error.js';
import { SCHEMA_VERSION } from './schema.sql.js';

/** Version of the tables, and the lowest versions of programs that may read and write them. */
export interface TableVersion {
  version: number;
  min_reader: number;
  min_writer: number;
}

/** `null`: there are no tables. */
export async function readVersion(sql: Sql): Promise<TableVersion | null> {
  try {
    const found = await sql.rows<TableVersion>('SELECT version, min_reader, min_writer FROM nestjs_traces.meta');
    return found[0] ?? null;
  } catch (error) {
    if (isMissingTable(error)) return null;
    throw error;
  }
}

/** Why this program may not use the tables; `undefined`: it may. */
export function refusal(
  found: TableVersion | null,
  use: 'read' | 'write',
  target: PostgresTarget,
): TraceCollectorError | undefined {
  const where = `${shownTarget(target)}, schema ${target.schema}`;
  const cure = `Run \`${migrateCommand(target)}\``;
  if (!found) {
    return new TraceCollectorError('SCHEMA_OUTDATED', `The shared store (${where}) has no tables yet. ${cure}.`);
  }
  const { version } = found;
  if (version < SCHEMA_VERSION) {
    const text = `The tables of the shared store (${where}) have version ${version}, and this program needs version ${SCHEMA_VERSION}. ${cure}.`;
    return new TraceCollectorError('SCHEMA_OUTDATED', text);
  }
  const needed = use === 'read' ? found.min_reader : found.min_writer;
  if (needed <= SCHEMA_VERSION) return undefined;
  const verb = use === 'read' ? 'reads' : 'writes';
  return new TraceCollectorError(
    'SCHEMA_NEWER',
    `The tables of the shared store (${where}) have version ${version}. This program ${verb} up to version ${SCHEMA_VERSION}, and ` +
      `they need ${needed}. Update nestjs-trace-collector in this application` +
      `${use === 'write' ? '; until then its records wait in its directory' : ''}.`,
  );
}

/** With `***` in the place of the password. */
export function migrateCommand(target: PostgresTarget): string {
  const store = new URL(shownTarget(target));
  if (target.schema !== 'nestjs_traces') store.searchParams.set('schema', target.schema);
  return `npx nestjs-trace-collector db migrate --store '${store.href}'`;
}
