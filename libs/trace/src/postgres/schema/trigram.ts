import type { Sql } from '../connection/database.js';

/** How text search works: with an index, or by reading rows for a limited time. */
export type SearchKind = 'trigram' | 'scan';

const EXTENSION =
  "SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm'";

/** What the tables have. */
export async function searchKind(sql: Sql): Promise<SearchKind> {
  const found = await sql.rows<{ there: boolean }>(
    "SELECT to_regclass('nestjs_traces.heads_search') IS NOT NULL AS there",
  );
  return found[0]!.there ? 'trigram' : 'scan';
}

/**
 * Creates the index of text search, in the caller's transaction. Where the extension is missing and may not be installed, there is
 * none. Returns what there is then.
 */
export async function createTrigramIndex(sql: Sql): Promise<SearchKind> {
  if ((await searchKind(sql)) === 'trigram') return 'trigram';
  const schema = (await extensionSchema(sql)) ?? (await install(sql));
  if (schema === undefined) return 'scan';
  await sql.run(trigramIndex(schema));
  return 'trigram';
}

/** The extension may be in any schema, and `search_path` need not contain it. */
export function trigramIndex(schema: string): string {
  return `CREATE INDEX heads_search ON nestjs_traces.heads USING gin (search ${schema}.gin_trgm_ops)`;
}

async function extensionSchema(sql: Sql): Promise<string | undefined> {
  return (await sql.rows<{ schema: string }>(EXTENSION))[0]?.schema;
}

/** Into `public`: other schemas of the database use the same extension, and this one may be dropped. */
async function install(sql: Sql): Promise<string | undefined> {
  await sql.run('SAVEPOINT extension');
  try {
    await sql.run('CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public');
    await sql.run('RELEASE SAVEPOINT extension');
  } catch {
    // Not installed on the server, or this role may not: the caller's transaction goes on.
    await sql.run('ROLLBACK TO SAVEPOINT extension');
  }
  return extensionSchema(sql);
}
