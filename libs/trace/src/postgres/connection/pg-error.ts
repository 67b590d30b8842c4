import { TraceCollectorError } from '../../model/errors.js';
import { shownTarget, type PostgresTarget } from '../../store/shared-target.js';

/** PostgreSQL's SQLSTATE of an error, such as `40P01`, or Node's code, such as `ECONNREFUSED`. `undefined`: it has none. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Serialisation failure and deadlock: the same transaction may succeed when it is run again. */
const TRANSIENT = new Set(['40001', '40P01']);

export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(originOf(error)) ?? '');
}

/** A table or the schema does not exist. */
export function isMissingTable(error: unknown): boolean {
  return ['42P01', '3F000'].includes(codeOf(originOf(error)) ?? '');
}

/** No partition takes a row: `no partition of relation "heads" found for row`, a check violation without a constraint. */
export function isMissingDay(error: unknown): boolean {
  const { constraint } = (originOf(error) ?? {}) as { constraint?: unknown };
  return codeOf(originOf(error)) === '23514' && constraint === undefined;
}

/** The values themselves are refused: of a wrong form, too long for an index. They will be refused again. */
export function isBadValue(error: unknown): boolean {
  return /^(?:22|23|54)/.test(codeOf(originOf(error)) ?? '') && !isMissingDay(error);
}

/** The right to do it is missing. */
export function isRefused(error: unknown): boolean {
  return codeOf(originOf(error)) === '42501';
}

/** What `pg` rejected with, also where it was turned into an error of ours. */
export function originOf(error: unknown): unknown {
  return error instanceof TraceCollectorError && error.cause !== undefined ? error.cause : error;
}

/** What is wrong, and what to do, by SQLSTATE or its class (two characters). */
const CAUSES: Readonly<Record<string, string>> = {
  '08': 'the connection broke',
  '25006': 'it is read-only: a standby, or `default_transaction_read_only` is on. Use the address of the primary',
  '28': 'it refuses the user or the password. Check them in the URL, and `pg_hba.conf`',
  '3D000': 'the database does not exist. Create it, or correct the URL',
  '42501':
    'the user may not do this. Grant it the rights on the schema, or run `npx nestjs-trace-collector db migrate` as its owner',
  '42P01': 'its tables are gone',
  '3F000': 'its schema is gone',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left. Lower `maxConnections`, or raise `max_connections`, or use pgbouncer',
  '53': 'it is short of resources',
  '55006': 'it is in use by a maintenance command',
  '57014': 'it cancelled a statement that took too long',
  '57': 'it is shutting down, starting, or ended the connection',
  '58': 'it has trouble with its files',
  XX: 'it reports an internal error',
};

/** Node's codes of failed connections. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start the server, or correct host and port',
  ENOTFOUND: 'the host name is unknown. Correct it',
  EAI_AGAIN: 'the name server does not answer',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the host',
  ENETDOWN: 'the network is down',
  ENOENT: 'there is no such socket',
  EACCES: 'the system does not allow the connection',
  EPROTO: 'the TLS handshake failed. Check `sslmode` in the URL',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed. Give its CA with `sslrootcert` in the URL',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed. Give its CA with `sslrootcert` in the URL',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified. Give its CA with `sslrootcert` in the URL',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate cannot be verified. Give its CA with `sslrootcert` in the URL',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

/** Texts of errors of `pg` itself and of pgbouncer, which have no code of their own. */
const TEXTS: readonly [RegExp, string][] = [
  [/query read timeout/i, 'it did not answer within the time limit'],
  [
    /timeout exceeded when trying to connect|connection timeout|timeout expired/i,
    'it does not answer, or all connections of this process are busy',
  ],
  [
    /connection terminated|client was closed|not queryable|connection error|socket|server closed/i,
    'the connection broke',
  ],
  [/does not support ssl/i, 'it has no TLS. Use `sslmode=disable` in the URL'],
  [/pool after calling end/i, 'this process closed its connections'],
  [/password/i, 'it refuses the user or the password. Check them in the URL'],
  [
    /no more connections allowed|too many clients|pgbouncer|query_wait_timeout|server_login_retry/i,
    'it has no connection left',
  ],
];

/**
 * A failure that has to do with the database being out of reach, full, read-only or forbidden becomes `STORE_UNAVAILABLE` with
 * a sentence that names the server; any other stays as it is.
 */
export function pgError(error: unknown, target: PostgresTarget): unknown {
  if (error instanceof TraceCollectorError) return error;
  const why = reason(error);
  if (why === undefined) return error;
  return new TraceCollectorError('STORE_UNAVAILABLE', `The shared store ${serverOf(target)} is out of reach: ${why}.`, {
    cause: error,
  });
}

/** Host and database of a target, for people: `db.internal:5432/app`. */
export function serverOf(target: PostgresTarget): string {
  try {
    const { host, pathname, searchParams } = new URL(target.url);
    return `${host || searchParams.get('host') || 'localhost'}${pathname}`;
  } catch {
    return shownTarget(target);
  }
}

function reason(error: unknown): string | undefined {
  const code = codeOf(error) ?? codeOf((error as { errors?: unknown[] } | undefined)?.errors?.[0]);
  const { message = '' } = (error ?? {}) as { message?: string };
  if (code !== undefined) {
    if (NETWORK[code] !== undefined) return NETWORK[code];
    if (/^[0-9A-Z]{5}$/.test(code)) {
      const known = CAUSES[code] ?? CAUSES[code.slice(0, 2)];
      if (known !== undefined) return known;
      return TEXTS.slice(-1).find(([text]) => text.test(message))?.[1];
    }
  }
  return TEXTS.find(([text]) => text.test(message))?.[1];
}
