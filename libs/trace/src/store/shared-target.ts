import { TraceCollectorError } from '../model/errors.js';
import { badOption, numberOption, objectOption, oneOf, textOption } from '../model/option-checks.js';

/** A PostgreSQL database as the shared store. Plain data: a worker thread gets a copy. */
export interface PostgresTarget {
  readonly kind: 'postgres';
  /** As in `PostgresOptions`. */
  readonly url: string;
  readonly schema: string;
  readonly search: 'trigram' | 'scan';
  readonly maxConnections: number;
  readonly manage: 'auto' | 'off';
}

/** A ClickHouse database as the shared store. Plain data: a worker thread gets a copy. */
export interface ClickHouseTarget {
  readonly kind: 'clickhouse';
  /** As in `ClickHouseOptions`. */
  readonly url: string;
  readonly database: string;
  readonly manage: 'auto' | 'off';
}

/** Where several instances keep their traces together: what `postgres()` and `clickhouse()` return, for `storage.shared`. */
export type SharedTarget = PostgresTarget | ClickHouseTarget;

/** Options of `postgres()`. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`, with `?sslmode=…` as PostgreSQL's own clients read it. */
  url: string;
  /** Schema that holds the tables. Default: `nestjs_traces`. */
  schema?: string;
  /**
   * `trigram`: text search has an index (extension `pg_trgm`). `scan`: it reads rows for a limited time and says when it
   * did not read all. Default: `trigram`, and `scan` where the extension cannot be installed.
   */
  search?: 'trigram' | 'scan';
  /** Connections at most, from 2, of each of the two threads of a process: the one that ships and the one that reads. Default: 4. */
  maxConnections?: number;
  /** `auto`: applications create and migrate the schema. `off`: only `db migrate` does. Default: `auto`. */
  manage?: 'auto' | 'off';
}

/** Options of `clickhouse()`. */
export interface ClickHouseOptions {
  /** `http://user:password@host:8123`. */
  url: string;
  /** Database that holds the tables. Default: `nestjs_traces`. */
  database?: string;
  /** `auto`: applications create and migrate the tables. `off`: only `db migrate` does. Default: `auto`. */
  manage?: 'auto' | 'off';
}

const DEFAULT_NAME = 'nestjs_traces';
/** What needs no quotes in either database, so that people can type it. */
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const MANAGE = ['auto', 'off'] as const;

/**
 * A PostgreSQL database (14 or later) that several instances share, for the option `storage.shared`. The package `pg` must
 * be installed.
 *
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid option
 * @example
 * import { postgres } from 'nestjs-trace-collector/postgres';
 *
 * TraceModule.forRoot({ storage: { shared: postgres({ url: process.env.TRACE_STORE_URL! }) } });
 */
export function postgres(options: PostgresOptions): PostgresTarget {
  const given = objectOption('storage.shared', options, ['url', 'schema', 'search', 'maxConnections', 'manage']);
  return {
    kind: 'postgres',
    url: urlOption(given.url, ['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database'),
    schema: nameOption('storage.shared.schema', given.schema),
    search: oneOf('storage.shared.search', given.search, 'trigram', ['trigram', 'scan']),
    maxConnections: numberOption('storage.shared.maxConnections', given.maxConnections, 4, { min: 2, max: 100 }),
    manage: oneOf('storage.shared.manage', given.manage, 'auto', MANAGE),
  };
}

/**
 * A ClickHouse database (25 or later) that several instances share, for the option `storage.shared`. The package
 * `@clickhouse/client` must be installed.
 *
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid option
 * @example
 * import { clickhouse } from 'nestjs-trace-collector/clickhouse';
 *
 * TraceModule.forRoot({ storage: { shared: clickhouse({ url: process.env.TRACE_STORE_URL! }) } });
 */
export function clickhouse(options: ClickHouseOptions): ClickHouseTarget {
  const given = objectOption('storage.shared', options, ['url', 'database', 'manage']);
  return {
    kind: 'clickhouse',
    url: urlOption(given.url, ['http:', 'https:'], 'http://user:password@host:8123'),
    database: nameOption('storage.shared.database', given.database),
    manage: oneOf('storage.shared.manage', given.manage, 'auto', MANAGE),
  };
}

/**
 * The target of a URL alone, as in `TRACE_STORE_URL` and `--store`: `postgres:`, `postgresql:`, and `clickhouse:` or
 * `clickhouse+https:` in the place of `http:` and `https:`. The parameter `schema` or `database` names what holds the tables.
 *
 * @throws TraceCollectorError `OPTION_INVALID` for any other
 */
export function targetOfUrl(text: string): SharedTarget {
  const url = parsed(text);
  const from = url?.protocol ?? '';
  const take = (name: string): string | undefined => {
    const value = url!.searchParams.get(name) ?? undefined;
    url!.searchParams.delete(name);
    return value;
  };
  if (from === 'postgres:' || from === 'postgresql:') {
    const schema = take('schema');
    return postgres({ url: url!.href, schema });
  }
  if (from === 'clickhouse:' || from === 'clickhouse+https:') {
    const database = take('database');
    const http = url!.href.replace(/^clickhouse(\+https)?:/, (_all, secure) => (secure ? 'https:' : 'http:'));
    return clickhouse({ url: http, database });
  }
  throw badUrl(text, 'postgres://user:password@host:5432/database or clickhouse://user:password@host:8123');
}

/** The URL of a target without its password, for people. */
export function shownTarget({ url }: SharedTarget): string {
  return withoutPassword(url);
}

function urlOption(value: unknown, protocols: readonly string[], example: string): string {
  const url = typeof value === 'string' ? parsed(value) : undefined;
  if (url && protocols.includes(url.protocol)) return value as string;
  throw badUrl(value, example);
}

/** A message must not have the password that a wrong URL contains. */
function badUrl(value: unknown, example: string): TraceCollectorError {
  return badOption(
    'storage.shared.url',
    typeof value === 'string' ? withoutPassword(value) : value,
    `a URL such as ${example}`,
  );
}

function nameOption(name: string, value: unknown): string {
  const given = textOption(name, value) ?? DEFAULT_NAME;
  if (NAME.test(given)) return given;
  throw badOption(name, value, 'at most 63 lower-case letters, digits and _, not beginning with a digit');
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** A text without the passwords of the URLs in it. */
export function withoutPassword(text: string): string {
  return text.replace(/(:\/\/[^:@/]*):.*@/, '$1:***@').replace(/([?&](?:password|sslpassword)=)[^&]*/g, '$1***');
}
