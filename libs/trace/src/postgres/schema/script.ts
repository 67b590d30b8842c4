import type { PostgresTarget } from '../../store/shared-target.js';
import { DAILY_TABLES, dayStatements, type Day } from './partitions.js';
import { MIGRATIONS, SCHEMA_VERSION } from './schema.sql.js';

/** The statements that create the tables, for `psql -f`. One transaction. */
export function schemaScript(target: PostgresTarget, days: readonly Day[]): string {
  const text = [
    HEAD,
    `CREATE SCHEMA IF NOT EXISTS "${target.schema}";`,
    ...MIGRATIONS.map(({ statements }) => statements.trim()),
    metaRow(),
    ...(target.search === 'trigram' ? [TRIGRAM] : []),
    DAYS_INTRO,
    ...days.flatMap((day) => DAILY_TABLES.flatMap((table) => dayStatements(table, day).map((line) => `${line};`))),
    ...DAILY_TABLES.map(
      (table) => `CREATE TABLE nestjs_traces.${table}_default PARTITION OF nestjs_traces.${table} DEFAULT;`,
    ),
    'COMMIT;',
    GRANTS,
  ].join('\n\n');
  return `${text.replaceAll(/\bnestjs_traces\./g, `"${target.schema}".`).replaceAll('SCHEMA nestjs_traces ', `SCHEMA "${target.schema}" `)}\n`;
}

function metaRow(): string {
  const { version, minReader, minWriter } = MIGRATIONS.at(-1)!;
  return `INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES (${version}, ${minReader}, ${minWriter});`;
}

const HEAD = `-- Tables of nestjs-trace-collector, version ${SCHEMA_VERSION}, for PostgreSQL 14 and later.
-- Run it once, as the user that shall own the tables:
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f this-file.sql
-- In applications: postgres({ url, manage: 'off' })
BEGIN;`;

const TRIGRAM = `-- Text search with an index. Without the right to install the extension, delete both lines: search then reads rows.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX heads_search ON nestjs_traces.heads USING gin (search gin_trgm_ops);`;

const DAYS_INTRO = `-- A partition for each day (UTC). Times are microseconds since the epoch. Create further ones in the same way, or run
-- \`npx nestjs-trace-collector db migrate --store URL\` once a week, which does it. The partitions "default" take the days that
-- have none; what is in them is deleted row by row when it is too old, instead of with its partition.`;

const GRANTS = `-- For applications with a user of their own. Retention drops the partitions of old days, which needs their owner; other users
-- delete the rows.
-- GRANT USAGE ON SCHEMA nestjs_traces TO application;
-- GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA nestjs_traces TO application;
-- ALTER DEFAULT PRIVILEGES IN SCHEMA nestjs_traces GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO application;
-- To read only (serve): GRANT USAGE ON SCHEMA nestjs_traces and GRANT SELECT ON ALL TABLES IN SCHEMA nestjs_traces TO reader;`;
